import {
  ActivityFailure,
  continueAsNew,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type {
  Refund,
  RefundCommand,
  RefundFailure,
  RefundOutcome,
} from "../../domain/payments/refund.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import { hourMs, instant, minuteMs } from "../../domain/time.ts";
import type { approval } from "../people/approval.ts";
import { wakeSubscription } from "../access/calendars.ts";
import { searchAttributes, workflowIds } from "../contract/names.ts";
import { decimalOf } from "../../domain/money.ts";
import { type ApprovalAnswer, ofPerson } from "../contract/people.ts";
import { isRefundRefused } from "../failures.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { awaitNews, trackQuestion } from "../question.ts";
import { listenForCheckNow, type Rests } from "../rest.ts";
import { approvalAnswered } from "../signals.ts";
import { externalBriefly, localDb } from "../steps/payments.ts";

/** The first and the longest pause before a slow or silent gateway is asked again. */
const firstPauseMs = minuteMs;
const longestPauseMs = hourMs;
/** After this many tries the admins are notified. */
const triesBeforeNotice = 3;
const longestHistoryEvents = 1_000;

/** What a continued run starts from. */
export interface RefundProgress {
  readonly tries: number;
  readonly isTaken?: boolean;
}

/**
 * Refunds money: first takes time and reserves balance, asks for approval of large amounts, then
 * asks the gateway. Its refusal restores what was taken. For a slow gateway it waits with timers,
 * however long that takes.
 */
export async function refund(
  command: RefundCommand,
  waited?: RefundProgress,
): Promise<RefundOutcome> {
  const answers: ApprovalAnswer[] = [];
  const rests = listenForCheckNow();
  setHandler(approvalAnswered, (it) => void answers.push(it));
  const opened = await localDb.openRefund(command, instant(Date.now()));
  if (opened.kind === "notOpened") return opened;
  const { refund: agreed } = opened;
  const { customerId, telegramId, gateway } = agreed.order;
  if (waited === undefined) {
    upsertSearchAttributes([
      { key: searchAttributes.customerId, value: customerId },
      ...ofPerson(telegramId),
      { key: searchAttributes.gateway, value: gateway },
    ]);
    await wakeSubscription(agreed.order);
  }
  if (agreed.state === "asked") {
    const decision = opened.decision ?? (await askAdmins(command, agreed, answers));
    const failure = decision === "approved" ? undefined : { kind: decision, why: decision };
    if (failure !== undefined) return fail(agreed, failure);
    await localDb.approveRefund(agreed.requestId);
  }
  const { tries = 0, isTaken = false } = waited ?? {};
  return refundUntilDone(command, agreed, { tries, isTaken, rests });
}

type Decision = ApprovalAnswer["kind"];

/**
 * Asks all admins; the first answer decides. If the question ends without an answer, because
 * somebody ended it, the booked decision counts, or it is asked again.
 */
async function askAdmins(
  command: RefundCommand,
  agreed: Refund,
  answers: ApprovalAnswer[],
): Promise<Decision> {
  showStage("approval", "Waiting for an admin to agree");
  for (;;) {
    const question = await startQuestion(agreed);
    const hasNews = () => answers.length > 0 || question.isOver;
    await awaitNews(question, hasNews, hourMs);
    const [answer] = answers;
    if (answer !== undefined) return answer.kind;
    const opened = await localDb.openRefund(command, instant(Date.now()));
    if (opened.kind === "notOpened") return "lapsed";
    if (opened.decision !== undefined) return opened.decision;
  }
}

async function startQuestion({ requestId, order, amount, reason, by }: Refund) {
  const approvalId = refundApprovalId(requestId);
  const { customerId, telegramId, gateway } = order;
  const who = by === undefined ? {} : { by };
  const subject = {
    kind: "refund",
    customerId,
    telegramId,
    amount,
    gateway,
    reason,
    ...who,
  } as const;
  return trackQuestion(
    startChild<typeof approval>("approval", {
      workflowId: workflowIds.approval(approvalId),
      args: [{ approvalId, subject, replyTo: workflowInfo().workflowId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: ofPerson(telegramId),
      staticSummary: `May ${decimalOf(amount)} ${amount.currency} go back to ${telegramId}?`,
    }),
  );
}

interface RefundTries {
  tries: number;
  /**
   * The gateway has accepted the refund: the money may move even if its configuration is removed.
   */
  isTaken: boolean;
  readonly rests: Rests;
}

async function refundUntilDone(
  command: RefundCommand,
  agreed: Refund,
  attempts: RefundTries,
): Promise<RefundOutcome> {
  const { gateway } = agreed.order;
  showStage("gateway", `${gateway} is asked to return the money`);
  for (;;) {
    attempts.rests.beginTry();
    const answer = await askGateway(agreed, attempts);
    switch (answer.kind) {
      case "returned":
        await localDb.completeRefund(agreed, instant(Date.now()));
        if (attempts.tries >= triesBeforeNotice) needHuman(false, "The gateway is done");
        showStage("returned", "The money is back with the customer");
        return { kind: "returned", amount: agreed.amount };
      case "refused":
        return fail(agreed, answer);
      case "waiting":
        await waitForGateway(command, agreed, { attempts, why: answer.why });
    }
  }
}

type Answer =
  | { readonly kind: "returned" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "waiting"; readonly why: string };

async function askGateway(agreed: Refund, attempts: RefundTries): Promise<Answer> {
  try {
    const answer = await externalBriefly.refundAtGateway(agreed);
    if (answer === "returned") return { kind: "returned" };
    attempts.isTaken = true;
    return { kind: "waiting", why: "the gateway has taken the refund and is at it" };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const why = error.cause?.message ?? "";
    return { kind: isRefundRefused(error, attempts.isTaken) ? "refused" : "waiting", why };
  }
}

/**
 * Waits, ever longer, for a gateway that is not done;
 * after some tries operators and admins are notified.
 */
async function waitForGateway(
  command: RefundCommand,
  agreed: Refund,
  { attempts, why }: { readonly attempts: RefundTries; readonly why: string },
): Promise<void> {
  attempts.tries += 1;
  const { tries, rests } = attempts;
  showStage("gateway", why);
  if (tries === triesBeforeNotice) {
    needHuman(true, `The refund waits: ${why}`);
    await localDb.notifyRefundWaits(agreed);
  }
  const pauseMs = Math.min(
    longestPauseMs,
    firstPauseMs * 2 ** Math.max(0, tries - triesBeforeNotice),
  );
  await rests.rest(pauseMs, "asks the gateway again");
  if (workflowInfo().historyLength > longestHistoryEvents) {
    await continueAsNew<typeof refund>(command, { tries, isTaken: attempts.isTaken });
  }
}

async function fail(agreed: Refund, failure: RefundFailure): Promise<RefundOutcome> {
  await localDb.failRefund(agreed, failure, instant(Date.now()));
  await wakeSubscription(agreed.order);
  showStage(failure.kind, `Not returned: ${failure.why}`);
  if (failure.kind !== "refused") return { kind: failure.kind };
  needHuman(true, `The gateway refused: ${failure.why}`);
  return { kind: "refused", why: failure.why };
}
