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
import type { Arrived } from "../activities/signup.ts";
import { signupApprovalId } from "../domain/approval.ts";
import { captchaRules, drawChallenge, judge } from "../domain/captcha.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { SignupOutcome } from "../domain/signup.ts";
import { instant, minuteMs, secondMs } from "../domain/time.ts";
import { approval, type ApprovalRequest } from "./approval.ts";
import {
  type ApprovalAnswer,
  type CaptchaAnswer,
  type Opened,
  searchAttributes,
  taskQueue,
  workflowIds,
} from "./contract.ts";
import {
  adminArrived,
  approvalAnswered,
  captchaAnswered,
  deviceRequested,
  opened,
} from "./signals.ts";
import { quickSteps, showStage, steps, tellWorkflow } from "./steps.ts";
import { subscription } from "./subscription.ts";

/** What this signup has heard and not yet acted on. */
interface Heard {
  opened: Opened | undefined;
  answers: CaptchaAnswer[];
  approval: ApprovalAnswer | undefined;
}

/** From Start to the first subscription: greet, captcha, gate, approval, access. */
export async function signup(telegramId: TelegramId): Promise<SignupOutcome> {
  const heard: Heard = { opened: undefined, answers: [], approval: undefined };
  setHandler(opened, (it) => void (heard.opened = it));
  setHandler(captchaAnswered, (it) => void heard.answers.push(it));
  setHandler(approvalAnswered, (it) => void (heard.approval = it));
  await condition(() => heard.opened !== undefined);
  for (;;) {
    const outcome = await story(telegramId, heard);
    metricMeter.createCounter("tollgate_signups").add(1, { outcome: outcome.kind });
    showStage(outcome.kind, `Ended: ${outcome.kind}`);
    // Start was pressed while the story was ending: it is heard, so it is answered.
    if (heard.opened === undefined) return outcome;
  }
}

async function story(telegramId: TelegramId, heard: Heard): Promise<SignupOutcome> {
  const arrived = await arrive(heard);
  const { entrance } = arrived;
  switch (entrance.kind) {
    case "silence":
      return entrance;
    case "tooEarly":
      await steps.tell(telegramId, entrance);
      return entrance;
    case "alreadyActive":
      return welcomeBack(telegramId);
    case "admin":
      return welcomeAdmin(telegramId);
    case "captcha":
      break;
  }
  const passed = await captcha(telegramId, heard);
  if (passed.kind !== "right") return passed;
  return arrived.policy.autoApprove
    ? giveAccess(telegramId, arrived)
    : askAnAdmin(telegramId, heard, arrived);
}

async function arrive(heard: Heard): Promise<Arrived> {
  const it = heard.opened;
  if (it === undefined) throw new Error("a signup begins with `opened`");
  heard.opened = undefined;
  const arrived = await quickSteps.register(it.profile, it.payload);
  const { customerId } = searchAttributes;
  upsertSearchAttributes([{ key: customerId, value: arrived.customer.id }]);
  return arrived;
}

async function welcomeBack(telegramId: TelegramId): Promise<SignupOutcome> {
  await steps.tell(telegramId, { kind: "welcomeBack" });
  const ref = await quickSteps.missedKeys(telegramId);
  if (ref !== undefined) {
    const request = { kind: "missed", requestId: workflowInfo().runId } as const;
    const handle = getExternalWorkflowHandle(workflowIds.subscription(ref.id));
    await tellWorkflow(handle.signal(deviceRequested, request), "keys that never arrived");
  }
  return { kind: "alreadyActive" };
}

async function welcomeAdmin(telegramId: TelegramId): Promise<SignupOutcome> {
  await steps.tell(telegramId, { kind: "adminWelcome" });
  for (const id of await quickSteps.openApprovals()) {
    const handle = getExternalWorkflowHandle(workflowIds.approval(id));
    await tellWorkflow(handle.signal(adminArrived, telegramId), id);
  }
  return { kind: "admin" };
}

/** Asks until the person is right, out of tries, or gone for a day. */
async function captcha(
  telegramId: TelegramId,
  heard: Heard,
): Promise<SignupOutcome | { kind: "right" }> {
  for (let round = 1; ; round += 1) {
    const challenge = drawChallenge(round, Math.random);
    showStage("captcha", `Waiting for the person to press "${challenge.wanted}" (try ${round})`);
    const question = await answered(telegramId, heard, challenge);
    const { answer } = question;
    const verdict = answer && judge(challenge, answer.round, answer.choice);
    switch (verdict?.kind) {
      case undefined:
        await steps.tell(telegramId, { kind: "captchaLapsed" });
        return { kind: "lapsed", at: "captcha" };
      case "right":
        await steps.retell(telegramId, question.messageId, { kind: "captchaRight" });
        return verdict;
      case "failed":
        return coolDown(telegramId, heard);
      case "wrong": {
        const triesLeft = captchaRules.tries - round;
        const pauseSeconds = verdict.pauseMs / secondMs;
        const wrong = { kind: "captchaWrong", pauseSeconds, triesLeft } as const;
        await steps.retell(telegramId, question.messageId, wrong);
        await sleep(verdict.pauseMs, { summary: "pause after a wrong answer" });
      }
    }
  }
}

/** Lets time pass before the person may begin again, and says so whenever they press Start. */
async function coolDown(telegramId: TelegramId, heard: Heard): Promise<SignupOutcome> {
  showStage("cooldown", "Out of tries: the person may begin again after a pause");
  const until = Date.now() + captchaRules.cooldownMs;
  for (let leftMs = captchaRules.cooldownMs; leftMs > 0; leftMs = until - Date.now()) {
    heard.opened = undefined;
    const pauseMinutes = Math.ceil(leftMs / minuteMs);
    await steps.tell(telegramId, { kind: "captchaFailed", pauseMinutes });
    const summary = "pause after the last wrong answer";
    await condition(() => heard.opened !== undefined, leftMs, { summary });
  }
  return { kind: "captchaFailed" };
}

interface Question {
  /** Where it stands in the chat; undefined when the person could not be reached. */
  readonly messageId: number | undefined;
  /** Undefined: nobody answered for a day. */
  readonly answer: CaptchaAnswer | undefined;
}

/** Asks one question, again whenever the person presses Start, and waits for the answer to it. */
async function answered(
  telegramId: TelegramId,
  heard: Heard,
  challenge: ReturnType<typeof drawChallenge>,
): Promise<Question> {
  const until = Date.now() + captchaRules.lapseMs;
  const isAnswer = ({ round }: CaptchaAnswer) => round === challenge.round;
  for (;;) {
    heard.opened = undefined;
    const told = await steps.tell(telegramId, { kind: "captchaAsked", challenge });
    const messageId = told.kind === "sent" ? told.messageId : undefined;
    const something = () => heard.opened !== undefined || heard.answers.some(isAnswer);
    await condition(something, Math.max(1, until - Date.now()), { summary: "captcha lapses" });
    const answer = heard.answers.find(isAnswer);
    heard.answers = [];
    if (answer !== undefined || heard.opened === undefined) return { messageId, answer };
  }
}

async function askAnAdmin(
  telegramId: TelegramId,
  heard: Heard,
  arrived: Arrived,
): Promise<SignupOutcome> {
  showStage("approval", "Waiting for an admin to approve or reject");
  const approvalId = signupApprovalId(telegramId);
  const subject = { kind: "signup", customerId: arrived.customer.id, telegramId } as const;
  const request: ApprovalRequest = {
    approvalId,
    subject,
    replyTo: workflowInfo().workflowId,
  };
  heard.approval = undefined;
  const [child] = await Promise.all([
    startChild(approval, {
      workflowId: workflowIds.approval(approvalId),
      args: [request],
      taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `May ${telegramId} come in?`,
    }),
    steps.tell(telegramId, { kind: "waitingForApproval" }),
  ]);
  const ended = child.result().then(
    () => undefined,
    () => undefined,
  );
  const answer = await answerOf(telegramId, heard, ended);
  return concluded(telegramId, arrived, answer);
}

/** The approval's word. It is told ahead of the approval's own end, which may wait for a slow chat. */
async function answerOf(
  telegramId: TelegramId,
  heard: Heard,
  ended: Promise<undefined>,
): Promise<ApprovalAnswer | undefined> {
  let over = false;
  void ended.then(() => (over = true));
  for (;;) {
    heard.opened = undefined;
    await condition(() => heard.approval !== undefined || heard.opened !== undefined || over);
    if (heard.approval !== undefined || over) return heard.approval;
    await steps.tell(telegramId, { kind: "stillWaiting" });
  }
}

async function concluded(
  telegramId: TelegramId,
  arrived: Arrived,
  answer: ApprovalAnswer | undefined,
): Promise<SignupOutcome> {
  switch (answer?.kind) {
    case "approved":
      return giveAccess(telegramId, arrived);
    case "rejected": {
      const mayAskAgainAt = await quickSteps.reject(telegramId, instant(Date.now()));
      await steps.tell(telegramId, { kind: "rejected", mayAskAgainAt });
      return { kind: "rejected" };
    }
    case "lapsed":
    case undefined:
      await steps.tell(telegramId, { kind: "approvalLapsed" });
      return { kind: "lapsed", at: "approval" };
  }
}

/** Opens the subscription, which lives on by itself and delivers the first key. */
async function giveAccess(
  telegramId: TelegramId,
  { customer, policy }: Arrived,
): Promise<SignupOutcome> {
  const ref = await quickSteps.openSubscription(telegramId);
  if (ref === undefined) return { kind: "silence" };
  await startChild(subscription, {
    workflowId: workflowIds.subscription(ref.id),
    args: [{ ref, trialDays: policy.trialDays, graceMs: 0 }],
    taskQueue,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Access of ${telegramId}`,
    typedSearchAttributes: [{ key: searchAttributes.customerId, value: customer.id }],
  });
  return { kind: "approved", subscriptionId: ref.id };
}
