import {
  condition,
  getExternalWorkflowHandle,
  metricMeter,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { Arrived } from "../activities/people.ts";
import { signupApprovalId } from "../domain/approval.ts";
import { captchaRules, type Challenge, drawChallenge, judge } from "../domain/captcha.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { SignupOutcome } from "../domain/signup.ts";
import { instant, minuteMs, secondMs } from "../domain/time.ts";
import type { approval, ApprovalRequest } from "./approval.ts";
import {
  type ApprovalAnswer,
  type CaptchaAnswer,
  type Opened,
  searchAttributes,
  taskQueue,
  workflowIds,
} from "./contract.ts";
import { adminArrived, approvalAnswered, captchaAnswered, opened } from "./signals.ts";
import {
  type Asking,
  dbSteps,
  showStage,
  startSubscription,
  tellWorkflow,
  watch,
} from "./steps.ts";

/** What this signup was told and has not acted on yet. */
interface PendingSignals {
  opened: Opened | undefined;
  answers: CaptchaAnswer[];
  approval: ApprovalAnswer | undefined;
}

/** From Start to the first subscription: greet, captcha, gate, approval, access. */
export async function signup(telegramId: TelegramId): Promise<SignupOutcome> {
  const pending: PendingSignals = { opened: undefined, answers: [], approval: undefined };
  setHandler(opened, (it) => void (pending.opened = it));
  setHandler(captchaAnswered, (it) => void pending.answers.push(it));
  setHandler(approvalAnswered, (it) => void (pending.approval = it));
  await condition(() => pending.opened !== undefined);
  for (;;) {
    const outcome = await admit(telegramId, pending);
    metricMeter.createCounter("tollgate_signups").add(1, { outcome: outcome.kind });
    showStage(outcome.kind, `Ended: ${outcome.kind}`);
    // Start was pressed while the story was ending: it is answered as well.
    if (pending.opened === undefined) return outcome;
  }
}

async function admit(telegramId: TelegramId, pending: PendingSignals): Promise<SignupOutcome> {
  const first = drawChallenge(1, Math.random);
  const arrived = await arrive(pending, first);
  const { entrance } = arrived;
  switch (entrance.kind) {
    case "silence":
    case "tooEarly":
    case "alreadyActive":
      return entrance;
    case "admin":
      return welcomeAdmin(telegramId, arrived);
    case "captcha":
      break;
  }
  const passed = await passCaptcha(telegramId, pending, first);
  if (passed.kind !== "right") return passed;
  return arrived.policy.autoApprove
    ? giveAccess(telegramId, arrived)
    : askAnAdmin(telegramId, pending, arrived);
}

/** Registers the person; the first answer, the captcha's question or another, is written in the same step. */
async function arrive(pending: PendingSignals, challenge: Challenge): Promise<Arrived> {
  const it = pending.opened;
  if (it === undefined) throw new Error("a signup begins with `opened`");
  pending.opened = undefined;
  const slot = slotOf(challenge.round);
  const arrived = await dbSteps.arrive(it, { challenge, slot }, instant(Date.now()));
  const { customerId } = searchAttributes;
  upsertSearchAttributes([{ key: customerId, value: arrived.customer.id }]);
  return arrived;
}

/** Names the place of one round's question in the chat. */
const slotOf = (round: number): string => `captcha/${workflowInfo().runId}/${round}`;

async function welcomeAdmin(telegramId: TelegramId, { waiting }: Arrived): Promise<SignupOutcome> {
  for (const id of waiting) {
    const handle = getExternalWorkflowHandle(workflowIds.approval(id));
    await tellWorkflow(handle.signal(adminArrived, telegramId), id);
  }
  return { kind: "admin" };
}

/** Asks until the person is right, out of tries, or gone for a day. */
async function passCaptcha(
  telegramId: TelegramId,
  pending: PendingSignals,
  first: Challenge,
): Promise<SignupOutcome | { kind: "right" }> {
  for (let round = 1; ; round += 1) {
    const challenge = round === 1 ? first : drawChallenge(round, Math.random);
    const slot = slotOf(round);
    showStage("captcha", `Waiting for the person to press "${challenge.wanted}" (try ${round})`);
    if (round > 1)
      await dbSteps.say(telegramId, { kind: "captchaAsked", challenge }, { key: slot, slot });
    const answer = await answerTo(telegramId, pending, challenge);
    const verdict = answer && judge(challenge, answer.round, answer.choice);
    switch (verdict?.kind) {
      case undefined:
        await dbSteps.say(telegramId, { kind: "captchaLapsed" }, { key: `${slot}/lapsed` });
        return { kind: "lapsed", at: "captcha" };
      case "right":
        await edit(telegramId, slot, { kind: "captchaRight" });
        return verdict;
      case "failed":
        return coolDown(telegramId, pending);
      case "wrong": {
        const triesLeft = captchaRules.tries - round;
        const pauseSeconds = verdict.pauseMs / secondMs;
        await edit(telegramId, slot, { kind: "captchaWrong", pauseSeconds, triesLeft });
        await sleep(verdict.pauseMs, { summary: "pause after a wrong answer" });
      }
    }
  }
}

const edit = (
  telegramId: TelegramId,
  slot: string,
  notice: Parameters<typeof dbSteps.say>[1],
): Promise<void> =>
  dbSteps.say(telegramId, notice, { key: `${slot}/${notice.kind}`, slot, action: "edit" });

/** Lets time pass before the person may begin again, and says so whenever they press Start. */
async function coolDown(telegramId: TelegramId, pending: PendingSignals): Promise<SignupOutcome> {
  showStage("cooldown", "Out of tries: the person may begin again after a pause");
  const until = Date.now() + captchaRules.cooldownMs;
  let key = `captcha/${workflowInfo().runId}/failed`;
  for (let leftMs = captchaRules.cooldownMs; leftMs > 0; leftMs = until - Date.now()) {
    pending.opened = undefined;
    const pauseMinutes = Math.ceil(leftMs / minuteMs);
    await dbSteps.say(telegramId, { kind: "captchaFailed", pauseMinutes }, { key });
    const summary = "pause after the last wrong answer";
    await condition(() => pending.opened !== undefined, leftMs, { summary });
    key = startKey(pending, key);
  }
  return { kind: "captchaFailed" };
}

/** What a press of Start is answered under, so that it is answered once. */
const startKey = ({ opened: it }: PendingSignals, otherwise: string): string =>
  it === undefined ? otherwise : `start/${it.requestId}`;

/** Waits for the answer to a question, and asks it again whenever the person presses Start. Undefined: nobody answered for a day. */
async function answerTo(
  telegramId: TelegramId,
  pending: PendingSignals,
  challenge: Challenge,
): Promise<CaptchaAnswer | undefined> {
  const until = Date.now() + captchaRules.lapseMs;
  const isAnswer = ({ round }: CaptchaAnswer) => round === challenge.round;
  for (;;) {
    const hasNews = () => pending.opened !== undefined || pending.answers.some(isAnswer);
    await condition(hasNews, Math.max(1, until - Date.now()), { summary: "captcha lapses" });
    const answer = pending.answers.find(isAnswer);
    pending.answers = [];
    if (answer !== undefined || pending.opened === undefined) return answer;
    const key = `start/${pending.opened.requestId}`;
    pending.opened = undefined;
    const slot = slotOf(challenge.round);
    await dbSteps.say(telegramId, { kind: "captchaAsked", challenge }, { key, slot });
  }
}

async function askAnAdmin(
  telegramId: TelegramId,
  pending: PendingSignals,
  arrived: Arrived,
): Promise<SignupOutcome> {
  showStage("approval", "Waiting for an admin to approve or reject");
  const approvalId = signupApprovalId(telegramId);
  const subject = { kind: "signup", customerId: arrived.customer.id, telegramId } as const;
  const request: ApprovalRequest = { approvalId, subject, replyTo: workflowInfo().workflowId };
  pending.approval = undefined;
  const asking = await watch(
    startChild<typeof approval>("approval", {
      workflowId: workflowIds.approval(approvalId),
      args: [request],
      taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `May ${telegramId} come in?`,
    }),
  );
  const key = `captcha/${workflowInfo().runId}/passed`;
  await dbSteps.say(telegramId, { kind: "waitingForApproval" }, { key });
  const answer = await answerOf(telegramId, pending, asking);
  return conclude(telegramId, arrived, answer);
}

/** The approval's answer; undefined when it ended without one. */
async function answerOf(
  telegramId: TelegramId,
  pending: PendingSignals,
  asking: Asking,
): Promise<ApprovalAnswer | undefined> {
  for (;;) {
    pending.opened = undefined;
    const hasAnswer = () => pending.approval !== undefined || asking.isOver;
    await condition(() => hasAnswer() || pending.opened !== undefined);
    if (hasAnswer()) return pending.approval;
    await dbSteps.say(telegramId, { kind: "stillWaiting" }, { key: startKey(pending, "") });
  }
}

async function conclude(
  telegramId: TelegramId,
  arrived: Arrived,
  answer: ApprovalAnswer | undefined,
): Promise<SignupOutcome> {
  const key = `signup/${workflowInfo().runId}/ended`;
  switch (answer?.kind) {
    case "approved":
      return giveAccess(telegramId, arrived);
    case "rejected":
      await dbSteps.reject(telegramId, key, instant(Date.now()));
      return { kind: "rejected" };
    case "lapsed":
    case undefined:
      await dbSteps.say(telegramId, { kind: "approvalLapsed" }, { key });
      return { kind: "lapsed", at: "approval" };
  }
}

/** Opens the subscription with its trial and first device; its calendar lives on by itself. */
async function giveAccess(telegramId: TelegramId, { policy }: Arrived): Promise<SignupOutcome> {
  const ref = await dbSteps.openSubscription(telegramId, policy.trialDays, instant(Date.now()));
  if (ref === undefined) return { kind: "silence" };
  await startSubscription(ref);
  return { kind: "approved", subscriptionId: ref.id };
}
