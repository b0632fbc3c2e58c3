import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import type { AdminActRequest } from "../domain/people/admin-act.ts";
import type { ApprovalAsk, DecisionMade } from "../domain/people/approval.ts";
import type { JoinPress, MemberReturn } from "../domain/people/channels.ts";
import type { Profile } from "../domain/people/customer.ts";
import { signals, taskQueue, workflowIds } from "../workflows/contract/names.ts";
import {
  type CaptchaAnswer,
  type LanguageChange,
  ofPerson,
  type StartPress,
} from "../workflows/contract/people.ts";
import type { SignalArguments } from "../workflows/contract/signal-arguments.ts";
import type { adminAct, languageChange, profileChange, signup } from "../workflows/index.ts";
import type { DurableClient, SignalResult, StartResult } from "./durable.ts";

const profileTimeoutMs = 1_000;

/**
 * Signals a person's signup that they pressed Start; the first press starts it.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function openSignup(client: DurableClient, opened: StartPress): Promise<void> {
  const { telegramId } = opened.profile;
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof signup, SignalArguments["opened"]>("signup", {
      taskQueue,
      workflowId: workflowIds.signup(telegramId),
      args: [telegramId],
      signal: signals.opened,
      signalArgs: [opened],
      typedSearchAttributes: ofPerson(telegramId),
      staticSummary: `Signup of ${telegramId}`,
    }),
  );
}

/**
 * Stores a customer's new names. It never rejects, and waits a moment until they are stored, so
 * that a search finds the person under the new name at once.
 * A lost change is seen again with the next update.
 */
export async function updateProfile(client: DurableClient, profile: Profile): Promise<void> {
  const { telegramId } = profile;
  await client.callBriefly(profileTimeoutMs, async ({ workflow }) => {
    const run = await workflow.signalWithStart<
      typeof profileChange,
      SignalArguments["profileSeen"]
    >("profileChange", {
      taskQueue,
      workflowId: workflowIds.profileChange(telegramId),
      signal: signals.profileSeen,
      signalArgs: [profile],
      typedSearchAttributes: ofPerson(telegramId),
      staticSummary: `Names of ${telegramId}`,
    });
    await run.result();
  });
}

/**
 * Sends an answer to the picture question to the person's signup.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const answerCaptcha = (
  client: DurableClient,
  from: TelegramId,
  answer: CaptchaAnswer,
): Promise<SignalResult> =>
  client.signal(workflowIds.signup(from), signals.captchaAnswered, answer);

/**
 * Tells a newcomer's signup that they have joined the channels.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const reportJoined = (
  client: DurableClient,
  from: TelegramId,
  press: JoinPress,
): Promise<SignalResult> => client.signal(workflowIds.signup(from), signals.channelsJoined, press);

/**
 * Has the check of channels look at a customer at once.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const reportReturn = (client: DurableClient, press: MemberReturn): Promise<SignalResult> =>
  client.signal(workflowIds.channels, signals.memberReturned, press);

/**
 * Sends an admin's decision to the approval; the first one counts.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const decideApproval = (
  client: DurableClient,
  approvalId: ApprovalId,
  made: DecisionMade,
): Promise<SignalResult> => client.signal(workflowIds.approval(approvalId), signals.decided, made);

/** How many decisions are on their way at once. */
const decisionsAtOnce = 20;

/**
 * Sends the same decision to each of these approvals; one that was decided meanwhile stays so.
 * @throws Unavailable when Temporal does not answer in time: repeating all is harmless.
 */
export async function decideApprovals(
  client: DurableClient,
  asked: readonly ApprovalAsk[],
  { decision, by }: Pick<DecisionMade, "decision" | "by">,
): Promise<void> {
  const left = [...asked];
  const sendNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { approvalId, ask } = next;
      await decideApproval(client, approvalId, { ask, decision, by });
    }
  };
  await Promise.all(Array.from({ length: decisionsAtOnce }, sendNext));
}

/**
 * Starts an admin's act on a customer, once per request.
 * @throws Unavailable when Temporal does not answer in time.
 */
export function actOnCustomer(
  client: DurableClient,
  request: AdminActRequest,
): Promise<StartResult> {
  const { kind, customer } = request.act;
  return client.start(({ workflow }) =>
    workflow.start<typeof adminAct>("adminAct", {
      taskQueue,
      workflowId: workflowIds.adminAct(request.requestId),
      workflowIdReusePolicy: "REJECT_DUPLICATE",
      args: [request],
      typedSearchAttributes: ofPerson(customer),
      staticSummary: `${kind} ${customer}, by ${request.by}`,
    }),
  );
}

/**
 * Starts a change of a customer's language.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const changeLanguage = (
  client: DurableClient,
  requestId: string,
  change: LanguageChange,
): Promise<StartResult> =>
  client.start(({ workflow }) =>
    workflow.start<typeof languageChange>("languageChange", {
      taskQueue,
      // The same button may be pressed again after another one: repeating a choice is harmless.
      workflowId: workflowIds.languageChange(requestId),
      workflowIdReusePolicy: "ALLOW_DUPLICATE",
      args: [change],
      typedSearchAttributes: ofPerson(change.telegramId),
      staticSummary: `Language of ${change.telegramId}`,
    }),
  );
