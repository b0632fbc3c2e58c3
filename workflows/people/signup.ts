import {
  condition,
  getExternalWorkflowHandle,
  metricMeter,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { ApprovalId, TelegramId } from "../../domain/ids.ts";
import { signupApprovalId } from "../../domain/people/approval.ts";
import { firstChallenge } from "../../domain/people/captcha.ts";
import type { SignupOutcome } from "../../domain/people/signup.ts";
import { hourMs, instant } from "../../domain/time.ts";
import type { approval, ApprovalRequest } from "./approval.ts";
import { startSubscription } from "../access/calendars.ts";
import { coolDown, lapsesAt, passCaptcha, slotOf } from "./captcha.ts";
import { searchAttributes, taskQueue, workflowIds } from "../contract/names.ts";
import { type ApprovalAnswer, ofPerson } from "../contract/people.ts";
import { joinChannels } from "./join-channels.ts";
import {
  type AtStage,
  ended,
  joinPresses,
  type Newcomer,
  type PendingSignals,
  renewIfLong,
  sendNotice,
  type SignupEnd,
  type SignupStage,
  type SignupUnderWay,
  startKey,
} from "./newcomer.ts";
import { showStage } from "../operator-view.ts";
import { signalWorkflow } from "../other-workflows.ts";
import { awaitNews, trackQuestion, type Question } from "../question.ts";
import {
  adminArrived,
  approvalAnswered,
  captchaAnswered,
  channelsJoined,
  opened,
} from "../signals.ts";
import { localDb } from "../steps/people.ts";

/** From Start to the first subscription: welcome, captcha, channels, approval, access. */
export async function signup(
  telegramId: TelegramId,
  underWay?: SignupUnderWay,
): Promise<SignupOutcome> {
  const pending: PendingSignals = underWay?.pending ?? { answers: [] };
  setHandler(opened, (it) => void (pending.opened = joinPresses(pending.opened, it)));
  setHandler(captchaAnswered, (it) => void pending.answers.push(it));
  setHandler(channelsJoined, (it) => void (pending.joined = it));
  setHandler(approvalAnswered, (it) => void (pending.approval = it));
  if (underWay !== undefined) showCustomer(underWay.newcomer);
  let next: Arrival = underWay ?? (await arrive(telegramId, pending));
  for (;;) {
    const outcome = await admit(next, pending);
    metricMeter.createCounter("tollgate_signups").add(1, { outcome: outcome.kind });
    showStage(outcome.kind, `Ended: ${outcome.kind}`);
    // Start was pressed while the signup was ending: it is answered as well.
    if (pending.opened === undefined) return outcome;
    next = await arrive(telegramId, pending);
  }
}

interface Arrival {
  readonly newcomer: Newcomer;
  readonly place: SignupStage | SignupEnd;
}

/**
 * Registers the person; the same step writes the first answer,
 * the captcha's question or another one.
 */
async function arrive(telegramId: TelegramId, pending: PendingSignals): Promise<Arrival> {
  await condition(() => pending.opened !== undefined);
  const it = pending.opened;
  if (it === undefined) throw new Error("a signup begins with `opened`");
  pending.opened = undefined;
  const challenge = firstChallenge(telegramId);
  const slot = slotOf(it.requestId, challenge);
  const { customer, entrance, policy, asksChannels, waiting } = await localDb.arrive(
    it,
    { challenge, slot },
    instant(Date.now()),
  );
  const newcomer: Newcomer = {
    telegramId,
    customerId: customer.id,
    policy,
    requestId: it.requestId,
    ...(asksChannels && { asksChannels }),
  };
  showCustomer(newcomer);
  switch (entrance.kind) {
    case "silence":
    case "tooEarly":
    case "alreadyActive":
      return { newcomer, place: ended(entrance) };
    case "admin":
      await signalAdminArrived(telegramId, waiting);
      return { newcomer, place: ended({ kind: "admin" }) };
    case "approved":
      return { newcomer, place: { kind: "access" } };
    case "captcha":
      return { newcomer, place: { kind: "captcha", challenge, untilMs: lapsesAt() } };
  }
}

function showCustomer({ customerId }: Newcomer): void {
  upsertSearchAttributes([{ key: searchAttributes.customerId, value: customerId }]);
}

async function signalAdminArrived(
  admin: TelegramId,
  waiting: readonly ApprovalId[],
): Promise<void> {
  for (const id of waiting) {
    const handle = getExternalWorkflowHandle(workflowIds.approval(id));
    await signalWorkflow(handle.signal(adminArrived, admin), id);
  }
}

/** Runs the stages from the person's current one to the end. */
async function admit(
  { newcomer, place: first }: Arrival,
  pending: PendingSignals,
): Promise<SignupOutcome> {
  let place = first;
  for (;;) {
    switch (place.kind) {
      case "captcha":
        place = await passCaptcha({ newcomer, place, pending });
        break;
      case "cooldown":
        place = await coolDown({ newcomer, place, pending });
        break;
      case "channels":
        place = await joinChannels({ newcomer, place, pending });
        break;
      case "approval":
        place = await awaitApproval({ newcomer, place, pending });
        break;
      case "access":
        place = await giveAccess(newcomer);
        break;
      case "ended":
        return place.outcome;
    }
  }
}

async function awaitApproval(waiting: AtStage<"approval">): Promise<SignupStage | SignupEnd> {
  const { newcomer, pending } = waiting;
  showStage("approval", "Waiting for an admin to approve or reject");
  for (;;) {
    const question = await startQuestion(newcomer);
    const answer = await awaitAnswer(waiting, question);
    pending.approval = undefined;
    if (answer !== "askAgain") return conclude(newcomer, answer);
  }
}

function startQuestion(newcomer: Newcomer): Promise<Question> {
  const { telegramId, customerId } = newcomer;
  const approvalId = signupApprovalId(telegramId);
  const request: ApprovalRequest = {
    approvalId,
    subject: { kind: "signup", customerId, telegramId },
    replyTo: workflowInfo().workflowId,
    begin: { type: "signup", args: [telegramId, { newcomer, place: { kind: "approval" } }] },
  };
  return trackQuestion(
    startChild<typeof approval>("approval", {
      workflowId: workflowIds.approval(approvalId),
      args: [request],
      taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: ofPerson(telegramId),
      staticSummary: `May ${telegramId} come in?`,
    }),
  );
}

type Answer = ApprovalAnswer["kind"];

/**
 * How it was decided: as the approval signals, or as booked if the approval ended or was lost
 * without a signal. The end of one that an earlier run started cannot be observed: the database is
 * read each hour, and it is started again if it is gone.
 */
async function awaitAnswer(
  waiting: AtStage<"approval">,
  question: Question,
): Promise<Answer | "askAgain"> {
  const { newcomer, pending } = waiting;
  const untilMs = Date.now() + hourMs;
  for (;;) {
    const hasNews = () =>
      pending.approval !== undefined || question.isOver || pending.opened !== undefined;
    await awaitNews(question, hasNews, Math.max(1, untilMs - Date.now()));
    if (pending.approval !== undefined) return pending.approval.kind;
    const key = startKey(pending.opened);
    if (question.isOver || key === undefined) {
      const decision = await localDb.findDecision(signupApprovalId(newcomer.telegramId));
      return decision ?? (question.isOver ? "lapsed" : "askAgain");
    }
    pending.opened = undefined;
    await sendNotice(newcomer, { kind: "stillWaiting" }, { key });
    await renewIfLong(waiting);
  }
}

async function conclude(newcomer: Newcomer, answer: Answer): Promise<SignupStage | SignupEnd> {
  const { telegramId, requestId } = newcomer;
  const key = `signup/${requestId}/ended`;
  switch (answer) {
    case "approved":
      return { kind: "access" };
    case "rejected":
      await localDb.reject(telegramId, key, instant(Date.now()));
      return ended({ kind: "rejected" });
    case "lapsed":
      await sendNotice(newcomer, { kind: "approvalLapsed" }, { key });
      return ended({ kind: "lapsed", at: "approval" });
  }
}

/** Opens the subscription with its trial and first device; its calendar outlives the signup. */
async function giveAccess({ telegramId }: Newcomer): Promise<SignupEnd> {
  const ref = await localDb.openSubscription(telegramId, instant(Date.now()));
  if (ref === undefined) return ended({ kind: "silence" });
  await startSubscription(ref);
  return ended({ kind: "approved", subscriptionId: ref.id });
}
