import {
  ActivityFailure,
  condition,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { refundApprovalId } from "../domain/approval.ts";
import { failures } from "../domain/failures.ts";
import { money } from "../domain/money.ts";
import { timeBought, timeReturned, type Told } from "../domain/payment.ts";
import type { Refund, RefundOutcome, RefundWish } from "../domain/refund.ts";
import type { Consequence } from "../domain/settlement.ts";
import { instant } from "../domain/time.ts";
import type { approval } from "./approval.ts";
import { type ApprovalAnswer, searchAttributes, workflowIds } from "./contract.ts";
import { approvalAnswered } from "./signals.ts";
import {
  isFailure,
  needHuman,
  quickSteps,
  showStage,
  steps,
  tellSubscription,
  untilReturned,
} from "./steps.ts";

/**
 * Gives money back: asks for approval where it is much, takes the time, then asks the gateway, whose refusal
 * gives the time back. What the gateway did is booked as if the gateway had reported it, so that its own report
 * adds nothing.
 */
export async function refund(wish: RefundWish): Promise<RefundOutcome> {
  const answers: ApprovalAnswer[] = [];
  setHandler(approvalAnswered, (it) => void answers.push(it));
  const opened = await quickSteps.openRefund(wish, { run: workflowInfo().runId, now: now() });
  if (opened.kind === "notOpened") {
    const { why } = opened;
    if (wish.by !== undefined) await steps.tell(wish.by, { kind: "refundNotOpened", why });
    return opened;
  }
  const { refund: agreed, needsApproval } = opened;
  const { customerId, gateway } = agreed.order;
  upsertSearchAttributes([
    { key: searchAttributes.customerId, value: customerId },
    { key: searchAttributes.gateway, value: gateway },
  ]);
  if (needsApproval) {
    const answer = await asked(wish, agreed, answers);
    if (answer !== "approved") {
      await quickSteps.closeRefund(agreed.requestId, "rejected", { why: answer, now: now() });
      return { kind: answer };
    }
    await quickSteps.closeRefund(agreed.requestId, "approved", { now: now() });
  }
  return givenBack(wish, agreed);
}

const now = () => instant(Date.now());

/** All admins are asked; the first who answers decides. */
async function asked(
  { reason, by }: RefundWish,
  { requestId, order, amount }: Refund,
  answers: ApprovalAnswer[],
): Promise<ApprovalAnswer["kind"]> {
  showStage("approval", "Waiting for an admin to agree");
  const approvalId = refundApprovalId(requestId);
  const { customerId, telegramId } = order;
  const subject = {
    kind: "refund",
    customerId,
    telegramId,
    amount,
    gateway: order.gateway,
    reason,
    ...(by === undefined ? {} : { by }),
  } as const;
  await startChild<typeof approval>("approval", {
    workflowId: workflowIds.approval(approvalId),
    args: [{ approvalId, subject, replyTo: workflowInfo().workflowId }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Refund of ${amount.minor} ${amount.currency}`,
  });
  await condition(() => answers.length > 0);
  return answers[0]?.kind ?? "lapsed";
}

async function givenBack(wish: RefundWish, agreed: Refund): Promise<RefundOutcome> {
  const { order, reference, amount, days, daysInAll, requestId } = agreed;
  const compensations: (() => Promise<unknown>)[] = [];
  // Registered before the first step whose outcome may stay unknown.
  compensations.unshift(() => quickSteps.closeRefund(requestId, "refused", { now: now() }));
  if (days > 0) {
    // The payment may be on its way to giving it yet: nothing is taken of what has not been given.
    await tellSubscription(order, timeBought(order));
    compensations.unshift(() => tellSubscription(order, timeReturned(order, reference)));
    await tellSubscription(order, timeReturned(order, reference, daysInAll));
  }
  try {
    await untilReturned(order.gateway, () => steps.refundAtGateway(agreed));
  } catch (error) {
    if (!isFailure(error, failures.refundRefused)) throw error;
    for (const undo of compensations) await undo();
    const why = error instanceof ActivityFailure ? (error.cause?.message ?? "") : "";
    needHuman(true, `The gateway refused: ${why}`);
    await steps.tellAdmins({ kind: "refundRefused", gateway: order.gateway, amount, why });
    return { kind: "refused", why };
  }
  const booked = await book(agreed);
  await quickSteps.closeRefund(requestId, "returned", { now: now() });
  showStage("returned", "The money is back with the customer");
  if (booked.some((one) => one.kind === "takeBack" && one.whole)) {
    await steps.showPayment(order.id, "refunded");
  }
  await steps.tell(order.telegramId, { kind: "moneyReturned", amount });
  if (wish.by !== undefined) {
    await steps.tellAdmins({ kind: "refundReturned", gateway: order.gateway, amount });
  }
  return { kind: "returned", amount };
}

/** Books the return through the same decision as a gateway's report of it: whoever comes first counts. */
async function book({
  order,
  reference,
  alreadyReturned,
  amount,
}: Refund): Promise<readonly Consequence[]> {
  const returned = money(alreadyReturned.minor + amount.minor, amount.currency);
  const report = { kind: "refunded", reference, returned } as const;
  const told: Told = {
    gateway: order.gateway,
    report,
    evidence: "the gateway's answer to our refund",
    by: "gateway",
  };
  await quickSteps.keepReport(order.id, told);
  return quickSteps.settle(order, { key: `${workflowInfo().runId}/returned`, report }, now());
}
