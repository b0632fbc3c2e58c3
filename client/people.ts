import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import type { AdminActRequest } from "../domain/people/admin-act.ts";
import type { DecisionMade } from "../domain/people/approval.ts";
import type { Profile } from "../domain/people/customer.ts";
import { signals, taskQueue, workflowIds } from "../workflows/contract/names.ts";
import type { CaptchaAnswer, LanguageChange, Opened } from "../workflows/contract/people.ts";
import type { adminAct, languageChange, profileChange, signup } from "../workflows/index.ts";
import type { DurableClient, SignalResult, StartResult } from "./durable.ts";

const profileTimeoutMs = 1_000;

/**
 * Tells a person's signup that they pressed Start; the first press begins it.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function openSignup(client: DurableClient, opened: Opened): Promise<void> {
  const { telegramId } = opened.profile;
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof signup, [Opened]>("signup", {
      taskQueue,
      workflowId: workflowIds.signup(telegramId),
      args: [telegramId],
      signal: signals.opened,
      signalArgs: [opened],
      staticSummary: `Signup of ${telegramId}`,
    }),
  );
}

/**
 * Has the books follow a customer's new names. It never rejects, and waits a moment for the books, so that whoever
 * is answered under a new name is found by it; a name that is missed is seen again.
 */
export async function updateProfile(client: DurableClient, profile: Profile): Promise<void> {
  const { telegramId } = profile;
  await client.callBriefly(profileTimeoutMs, async ({ workflow }) => {
    const run = await workflow.signalWithStart<typeof profileChange, [Profile]>("profileChange", {
      taskQueue,
      workflowId: workflowIds.profileChange(telegramId),
      signal: signals.profileSeen,
      signalArgs: [profile],
      staticSummary: `Names of ${telegramId}`,
    });
    await run.result();
  });
}

/**
 * Hands an answer to the picture question to the person's signup.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const answerCaptcha = (
  client: DurableClient,
  from: TelegramId,
  answer: CaptchaAnswer,
): Promise<SignalResult> =>
  client.signal(workflowIds.signup(from), signals.captchaAnswered, answer);

/**
 * Hands an admin's decision to the approval: the first one counts.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const decideApproval = (
  client: DurableClient,
  approvalId: ApprovalId,
  made: DecisionMade,
): Promise<SignalResult> => client.signal(workflowIds.approval(approvalId), signals.decided, made);

/**
 * Starts what an admin does to a customer, once per request.
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
      // The same button may be pressed again after the other: a choice that is repeated does no harm.
      workflowId: workflowIds.languageChange(requestId),
      workflowIdReusePolicy: "ALLOW_DUPLICATE",
      args: [change],
    }),
  );
