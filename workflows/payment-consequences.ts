import { ParentClosePolicy, startChild, uuid4 } from "@temporalio/workflow";
import {
  balanceGateway,
  type PaymentOrder,
  type PaymentOutcome,
  type PaymentState,
  timeBought,
  timeReturned,
  type Told,
} from "../domain/payment.ts";
import type { Consequence } from "../domain/settlement.ts";
import { workflowIds } from "./contract.ts";
import type { refund } from "./refund.ts";
import { needHuman, quickSteps, showStage, steps, tellSubscription } from "./steps.ts";

/** What has been heard and not been acted on. */
export interface Heard {
  readonly reports: Told[];
  cancelled: boolean;
}

/** One run of a payment. */
export interface Life {
  readonly order: PaymentOrder;
  readonly heard: Heard;
  state: PaymentState;
  /** How many reports this run has settled: a part of each one's key. */
  settled: number;
  outcome: PaymentOutcome;
}

type Of<Kind extends Consequence["kind"]> = Extract<Consequence, { kind: Kind }>;

/** Carries out what was decided and booked: time, credit, words. Each step counts once. */
export async function carryOut(
  life: Life,
  consequence: Consequence,
  reference: string,
): Promise<void> {
  switch (consequence.kind) {
    case "grant":
      return grant(life, consequence, reference);
    case "credit":
      return credit(life, consequence, reference);
    case "takeBack":
      return takeBack(life, consequence, reference);
    case "end":
      life.state = "declined";
      life.outcome = { kind: "declined", reason: consequence.reason };
      showStage("declined", `Declined: ${consequence.reason}`);
      return ended(life.order);
    case "puzzle": {
      const { reason } = consequence;
      needHuman(true, reason);
      return steps.tellAdmins({ kind: "puzzle", gateway: life.order.gateway, reason });
    }
    case "listenOn":
    case "remember":
    case "duplicate":
  }
}

/** Of an invoice its message says it; what is paid from the balance has none. */
async function ended({ id, gateway, telegramId, price }: PaymentOrder): Promise<void> {
  if (gateway !== balanceGateway) return steps.showPayment(id, "declined");
  await steps.tell(telegramId, { kind: "balanceShort", amount: price });
}

/** The subscription gives the time and tells the customer; the invoice's message is changed meanwhile. */
async function grant(life: Life, given: Of<"grant">, reference: string): Promise<void> {
  const { order } = life;
  life.state = "settled";
  const { surplus, late } = given;
  const kind = late ? "settledLate" : surplus.minor > 0 ? "overpaid" : "settled";
  life.outcome = { kind, reference };
  if (!(await tellSubscription(order, timeBought(order)))) {
    await quickSteps.creditInstead(order);
    await steps.tell(order.telegramId, { kind: "credited", amount: order.price, why: "noAccess" });
  }
  showStage("settled", `Paid by ${reference}`);
  await steps.showPayment(order.id, "settled");
  if (surplus.minor > 0) {
    await steps.tell(order.telegramId, { kind: "surplusCredited", amount: surplus });
  }
}

async function credit(life: Life, given: Of<"credit">, reference: string): Promise<void> {
  const { order } = life;
  const { paid: amount, why, missing } = given;
  if (why === "underpaid" && missing !== undefined) {
    life.outcome = { kind: "underpaid", missing };
    return void (await steps.tell(order.telegramId, { kind: "underpaid", paid: amount, missing }));
  }
  if (why === "paidTwice" && (await givenBack(order, { reference, amount }))) {
    life.outcome = { kind: "paidTwice", reference, back: "refund" };
    return;
  }
  life.outcome =
    why === "paidTwice" ? { kind: why, reference, back: "credit" } : { kind: "credited", why };
  await steps.tell(order.telegramId, { kind: "credited", amount, why });
  if (why === "blocked") {
    await steps.tellAdmins({ kind: "creditedBlocked", gateway: order.gateway, amount });
  }
}

/** Money that came twice goes back by itself where its gateway can do that. */
async function givenBack(
  order: PaymentOrder,
  { reference, amount }: { reference: string; amount: PaymentOrder["price"] },
): Promise<boolean> {
  const request = {
    requestId: `twice-${uuid4()}`,
    paymentId: order.id,
    reference,
    amount,
    reason: "the invoice was paid twice",
  };
  if (!(await quickSteps.canRefund(order.gateway))) return false;
  await steps.tell(order.telegramId, { kind: "refundUnderWay", amount });
  await startChild<typeof refund>("refund", {
    workflowId: `${workflowIds.refund(order.id)}:${reference}`,
    args: [request],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Gives back ${amount.minor} ${amount.currency} that came twice`,
  }).catch(alreadyStarted);
  return true;
}

function alreadyStarted(error: unknown): void {
  if ((error as Error).name !== "WorkflowExecutionAlreadyStartedError") throw error;
}

async function takeBack(life: Life, taken: Of<"takeBack">, reference: string): Promise<void> {
  const { order } = life;
  const { returned, days, daysInAll, forced, whole } = taken;
  life.outcome = { kind: forced ? "chargedBack" : "refunded", returned };
  if (days > 0) await tellSubscription(order, timeReturned(order, reference, daysInAll));
  await steps.tell(order.telegramId, { kind: "moneyReturned", amount: returned });
  const kind = forced ? "chargedBack" : "returnedOutside";
  await steps.tellAdmins({ kind, gateway: order.gateway, amount: returned });
  if (whole && life.state === "settled") {
    life.state = "refunded";
    showStage("refunded", `Returned at the gateway: ${reference}`);
    await steps.showPayment(order.id, "refunded");
  }
}
