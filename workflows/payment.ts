import {
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import {
  balanceGateway,
  type Checkout,
  checkoutOf,
  type KnownOrder,
  type PaymentId,
  type PaymentOrder,
  type PaymentOutcome,
  type Purchase,
  type Told,
} from "../domain/payment.ts";
import { instant, msBetween } from "../domain/time.ts";
import { paymentAttributes } from "./contract.ts";
import { carryOut, type Heard, type Life } from "./payment-consequences.ts";
import { issued } from "./payment-invoice.ts";
import { cancelled, checkout, gatewayReported } from "./signals.ts";
import { firstTries, needHuman, quickSteps, showStage, steps } from "./steps.ts";

/**
 * From invoice to paid time. What a gateway says, however late or often, comes in as `gatewayReported`; when
 * the payment has ended it begins anew without a purchase, loads what is known and decides. Every step counts
 * once.
 */
export async function payment(id: PaymentId, purchase?: Purchase): Promise<PaymentOutcome> {
  const heard: Heard = { reports: [], cancelled: false };
  const known: { life?: Life } = {};
  setHandler(gatewayReported, (it) => void heard.reports.push(it));
  setHandler(cancelled, () => void (heard.cancelled = true));
  setHandler(checkout, (asked: Checkout) =>
    known.life === undefined ? "over" : checkoutOf(known.life.order, known.life.state, asked),
  );
  const begun = await begin(id, purchase, heard);
  if ("kind" in begun) return begun;
  // From here on: whoever sees the invoice can pay it, also before the step that shows it has ended.
  known.life = begun.life;
  await askForMoney(begun);
  return live(begun.life);
}

interface Begun {
  readonly life: Life;
  /** The customer has the invoice already: this is a later run. */
  readonly isInvoiced: boolean;
}

async function begin(
  id: PaymentId,
  purchase: Purchase | undefined,
  heard: Heard,
): Promise<Begun | PaymentOutcome> {
  if (purchase === undefined) {
    const found = await quickSteps.findOrder(id);
    return found === undefined ? keepUnmatched(id, heard) : lifeOf(found, heard);
  }
  const opened = await quickSteps.openOrder(id, purchase, instant(Date.now()));
  if (opened.kind === "opened") return lifeOf(opened.known, heard);
  const { why, instead } = opened;
  showStage("notOpened", `No order was made: ${why}`);
  await steps.tell(purchase.telegramId, { kind: "notOpened", why });
  if (instead !== undefined) await steps.showAgain(instead);
  return { kind: "notOpened", why };
}

function lifeOf({ order, state, invoice }: KnownOrder, heard: Heard): Begun {
  const { customerId, gateway, terms } = order;
  const attributes = paymentAttributes({ customerId, gateway, plan: terms.code, stage: state });
  const { typedSearchAttributes: has } = workflowInfo();
  const news = attributes.filter(({ key, value }) => has.get(key) !== value);
  if (news.length > 0) upsertSearchAttributes(news);
  const life: Life = { order, heard, state, settled: 0, outcome: { kind: "duplicate" } };
  return { life, isInvoiced: invoice !== undefined };
}

async function askForMoney({ life, isInvoiced }: Begun): Promise<void> {
  const { order, heard, state } = life;
  if (state !== "open") return;
  if (order.gateway === balanceGateway) heard.reports.unshift(fromBalance(order));
  else if (!isInvoiced && !(await issued(order))) await close(life, "refused");
}

/** The balance says at once what gateways say later. */
function fromBalance({ id, gateway, price: paid }: PaymentOrder): Told {
  const report = { kind: "paid", reference: id, paid, at: instant(Date.now()) } as const;
  return { gateway, report, evidence: "paid from the balance", by: "gateway" };
}

/** Works off what was heard, until the payment is closed and nothing more is waiting. */
async function live(life: Life): Promise<PaymentOutcome> {
  const { heard, order } = life;
  for (;;) {
    const told = heard.reports.shift();
    if (told !== undefined) {
      await settle(life, told);
    } else if (life.state !== "open") {
      return life.outcome;
    } else if (heard.cancelled) {
      await close(life, "cancelled");
    } else {
      const waitMs = msBetween(instant(Date.now()), order.lapsesAt);
      if (waitMs <= 0) {
        await lapse(life);
        continue;
      }
      setCurrentDetails(`Waiting for money until ${order.lapsesAt}`);
      const something = () => heard.reports.length > 0 || heard.cancelled;
      await condition(something, waitMs, { summary: `lapses at ${order.lapsesAt}` });
    }
  }
}

/** Before an invoice lapses its gateway is asked once; one that does not answer is asked by reconciliation. */
async function lapse(life: Life): Promise<void> {
  const found = await firstTries.lookUp(life.order).catch(() => []);
  life.heard.reports.push(...found);
  for (let told = life.heard.reports.shift(); told; told = life.heard.reports.shift()) {
    await settle(life, told);
  }
  if (life.state === "open") await close(life, "lapsed");
}

async function close(life: Life, state: "lapsed" | "cancelled" | "refused"): Promise<void> {
  const { id } = life.order;
  life.state = await quickSteps.closePayment(id, state, instant(Date.now()));
  showStage(life.state, `Closed: ${life.state}`);
  life.outcome =
    state === "refused" ? { kind: state, reason: "the gateway said no" } : { kind: state };
  await steps.showPayment(id, life.state);
}

/** Kept word for word first, then decided and booked, then carried out. */
async function settle(life: Life, told: Told): Promise<void> {
  const { order } = life;
  const { report } = told;
  await quickSteps.keepReport(order.id, told);
  life.settled += 1;
  const key = `${workflowInfo().runId}/${life.settled}`;
  const now = instant(Date.now());
  for (const consequence of await quickSteps.settle(order, { key, report }, now)) {
    const reference = "reference" in report ? report.reference : "";
    await carryOut(life, consequence, reference);
  }
  if (report.kind === "progress" && life.state !== "open") await askWhatItMeans(life);
}

/**
 * Something goes on with money that has been settled, and the message does not say how much: T-Bank's word of a
 * refund is one. Its gateway is asked; one that does not answer is asked by reconciliation.
 */
async function askWhatItMeans({ order, heard }: Life): Promise<void> {
  const found = await firstTries.lookUp(order).catch(() => []);
  heard.reports.push(...found.filter(({ report }) => report.kind !== "progress"));
}

/** Money that nobody was asked for is kept, and an admin is told once. */
async function keepUnmatched(id: PaymentId, { reports }: Heard): Promise<PaymentOutcome> {
  showStage("unmatched", "Nobody was asked for this money: an admin decides");
  let step = 0;
  for (let told = reports.shift(); told; told = reports.shift()) {
    const { gateway } = told;
    await quickSteps.keepReport(id, told);
    // A step that is repeated after a crash is known by its place in the run.
    step += 1;
    const isNew = await quickSteps.keepUnmatched(id, told, `${workflowInfo().runId}/${step}`);
    if (!isNew || told.report.kind !== "paid") continue;
    needHuman(true, "Nobody was asked for this money: an admin decides");
    await steps.tellAdmins({ kind: "unmatchedMoney", gateway, amount: told.report.paid });
  }
  return { kind: "unmatched" };
}
