import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { needsConfirmation, outcomeOf } from "../../domain/payments/payment-outcome.ts";
import {
  balanceGateway,
  type GatewayEvent,
  type InvoiceRequest,
  type PaymentId,
  type PaymentOrder,
  type PaymentOutcome,
  type PaymentState,
  type Purchase,
} from "../../domain/payments/payment.ts";
import { instant, minuteMs, msBetween } from "../../domain/time.ts";
import { chargeSavedCard } from "./card-charge.ts";
import { EventQueue } from "./event-queue.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { issueInvoiceUnlessRefused } from "./payment-invoice.ts";
import {
  type PaymentRun,
  type PendingPresses,
  showPayment,
  startFollowUps,
} from "./payment-run.ts";
import { cancelled, checkNow, gatewayReported, invoiceRequested } from "../signals.ts";
import { externalBriefly, localDb } from "../steps/payments.ts";

/** Limits of a run: well below Temporal's, and before its replay takes seconds. */
const longestHistoryEvents = 1_500;
const mostReports = 4_000;

/** How long after a failed confirmation the gateway is asked again. */
const confirmAgainMs = minuteMs;

/** What a continued run still has to handle. */
export interface PaymentCarryOver {
  readonly events: readonly GatewayEvent[];
  readonly outcome: PaymentOutcome;
  readonly isCancelled?: boolean;
  readonly requests?: readonly InvoiceRequest[];
}

/**
 * From invoice to paid time. Gateway events, however late or repeated, come in as
 * `gatewayReported`. If the payment's workflow has ended, an event starts it again without a
 * purchase; it then loads the order and decides. All effects of an event are booked in one
 * transaction, so terminating a run costs nobody money or access.
 */
export async function payment(
  id: PaymentId,
  purchase?: Purchase,
  carried?: PaymentCarryOver,
): Promise<PaymentOutcome> {
  const queue = new EventQueue(carried?.events ?? []);
  const { isCancelled = false, requests = [] } = carried ?? {};
  const pending: PendingPresses = { isCancelled, requests };
  setHandler(gatewayReported, (events) => queue.add(events));
  setHandler(cancelled, () => void (pending.isCancelled = true));
  setHandler(invoiceRequested, (request) => {
    pending.requests = [...pending.requests, request];
  });
  setHandler(checkNow, () => undefined);
  const opened = await openOrFind(id, purchase);
  if (opened.kind === "notOpened") return opened.outcome;
  if (opened.kind === "unmatched") return keepUnmatched(id, queue);
  const outcome = carried?.outcome ?? { kind: "duplicate" };
  const run: PaymentRun = { ...opened, queue, pending, outcome };
  showPayment(run);
  await requestMoney(run, opened.isInvoiced);
  return decideUntilClosed(run);
}

type OrderResult =
  | {
      readonly kind: "order";
      readonly order: PaymentOrder;
      readonly state: PaymentState;
      readonly isInvoiced: boolean;
    }
  | { readonly kind: "notOpened"; readonly outcome: PaymentOutcome }
  | { readonly kind: "unmatched" };

async function openOrFind(id: PaymentId, purchase: Purchase | undefined): Promise<OrderResult> {
  if (purchase === undefined) {
    const found = await localDb.findOrder(id);
    if (found === undefined) return { kind: "unmatched" };
    return { kind: "order", ...found, isInvoiced: found.invoice !== undefined };
  }
  const opened = await localDb.openOrder(id, purchase, instant(Date.now()));
  if (opened.kind === "opened") {
    const { known } = opened;
    return { kind: "order", ...known, isInvoiced: known.invoice !== undefined };
  }
  const { why } = opened;
  showStage("notOpened", `No order was made: ${why}`);
  return { kind: "notOpened", outcome: { kind: "notOpened", why } };
}

/**
 * Asks the gateway for an invoice, or charges the saved card. The balance takes the payment at
 * once, as a gateway's event would report it later.
 */
async function requestMoney(run: PaymentRun, isInvoiced: boolean): Promise<void> {
  const { order, queue, state } = run;
  if (state !== "open") return;
  if (order.gateway === balanceGateway) {
    const { id: reference, gateway, price: paid } = order;
    const report = { kind: "paid", reference, paid, at: instant(Date.now()) } as const;
    return queue.add([{ gateway, report, evidence: "paid from the balance", source: "gateway" }]);
  }
  if (order.recurs === "renews") return void chargeSavedCard(run, isInvoiced);
  if (isInvoiced) return;
  const issued = await issueInvoiceUnlessRefused(run);
  if (issued === "refused") await close(run, "refused");
}

/** Decides waiting events until the payment is closed and nothing waits. */
async function decideUntilClosed(run: PaymentRun): Promise<PaymentOutcome> {
  const { queue, pending, order } = run;
  for (;;) {
    if (!run.isUnknown) await decideWaiting(run);
    if (run.isUnknown) return keepUnmatched(order.id, queue);
    await showRequested(run);
    if (isLong(run)) await continueRun(run);
    if (queue.hasNews || pending.requests.length > 0) continue;
    if (run.state !== "open" && !queue.hasUnconfirmed) {
      await condition(allHandlersFinished);
      if (queue.size === 0 && pending.requests.length === 0) return run.outcome;
    } else if (pending.isCancelled && run.state === "open") {
      await cancel(run);
    } else if (run.charging === "refused" && run.state === "open") {
      await close(run, "refused");
    } else {
      await waitForNews(run);
      if (mayLapse(run) && msBetween(instant(Date.now()), order.lapsesAt) <= 0) await lapse(run);
    }
  }
}

async function showRequested({ order, pending }: PaymentRun): Promise<void> {
  if (pending.requests.length === 0) return;
  const { requests } = pending;
  pending.requests = [];
  await localDb.showInvoice(order, requests);
}

const isLong = ({ queue }: PaymentRun): boolean =>
  (workflowInfo().historyLength > longestHistoryEvents || queue.received > mostReports) &&
  queue.fitsNextRun;

/**
 * Whether it may lapse: an amount that is being confirmed, and a card that is being charged, may be
 * money that came in time.
 */
const mayLapse = ({ state, queue, charging }: PaymentRun): boolean =>
  state === "open" && !queue.isAsking && charging !== "underWay";

/** Decides everything that waits in batches; unlikely amounts are confirmed meanwhile. */
async function decideWaiting(run: PaymentRun): Promise<void> {
  const { queue } = run;
  for (;;) {
    void confirmUnlikely(run);
    const batch = queue.take();
    if (batch.length === 0) return;
    await decide(run, batch);
    if (run.isUnknown) return;
  }
}

async function decide(run: PaymentRun, events: readonly GatewayEvent[]): Promise<void> {
  const decided = await localDb.decideEvents(run.order.id, events, instant(Date.now()));
  if (decided === undefined) return markUnknown(run, events);
  const before = run.state;
  run.state = decided.state;
  run.outcome = decided.effects.reduce(outcomeOf, run.outcome);
  if (before !== run.state) showStage(run.state, `Now ${run.state}`);
  await startFollowUps(run, decided);
  const mayMean = events.some(({ report }) => report.kind === "progress");
  // Money that was decided is moving, and the report does not say how much: ask the gateway.
  if (mayMean && before !== "open") run.queue.add(await lookUp(run.order));
}

/**
 * The database was restored to a moment before this order: its events are unmatched payments now.
 */
function markUnknown(run: PaymentRun, events: readonly GatewayEvent[] = []): void {
  run.isUnknown = true;
  run.queue.addConfirmed([...events, ...run.queue.takeAll()]);
}

/** Asks the gateway to confirm amounts that differ from the price. Never rejects. */
async function confirmUnlikely({ order, queue }: PaymentRun): Promise<void> {
  const unlikely = queue.takeToConfirm((event) => needsConfirmation(order, event), Date.now());
  if (unlikely.length === 0) return;
  try {
    const hadFailed = queue.confirm(await externalBriefly.confirmEvents(order, unlikely));
    if (hadFailed) needHuman(false, "The gateway has answered about the amount");
  } catch {
    queue.putBack(Date.now() + confirmAgainMs);
    needHuman(true, `${order.gateway} was not there to confirm an amount that is not the price`);
  }
}

async function waitForNews(run: PaymentRun): Promise<void> {
  const { order, queue, pending, state, charging } = run;
  const lapseMs = mayLapse(run) ? Date.parse(order.lapsesAt) : Number.POSITIVE_INFINITY;
  const waitMs = Math.min(lapseMs, queue.confirmAtMs) - Date.now();
  if (waitMs <= 0) return;
  setCurrentDetails(`Waiting for money until ${order.lapsesAt}`);
  const { isAsking } = queue;
  // A closed payment ignores cancellations: otherwise it would wake here endlessly.
  const hasNews = () =>
    queue.hasNews ||
    queue.isAsking !== isAsking ||
    (run.charging !== charging && state === "open") ||
    pending.requests.length > 0 ||
    (pending.isCancelled && state === "open");
  if (waitMs === Number.POSITIVE_INFINITY) return condition(hasNews);
  await condition(hasNews, waitMs, { summary: `lapses at ${order.lapsesAt}` });
}

/**
 * Asks the gateway once before the invoice lapses;
 * if it does not answer, its reconciler asks it later.
 */
async function lapse(run: PaymentRun): Promise<void> {
  run.queue.add(await lookUp(run.order));
  await decideWaiting(run);
  if (mayLapse(run)) await close(run, "lapsed");
}

const lookUp = (order: PaymentOrder): Promise<readonly GatewayEvent[]> =>
  externalBriefly.lookUp(order).catch((error: unknown) => {
    if (!(error instanceof ActivityFailure)) throw error;
    return [];
  });

/**
 * The books close the order first. The gateway may not be able to follow, or not be there: what is
 * paid to it all the same counts.
 */
async function cancel(run: PaymentRun): Promise<void> {
  await close(run, "cancelled");
  if (run.isUnknown || run.state !== "cancelled") return;
  await externalBriefly.cancelInvoice(run.order).catch((error: unknown) => {
    if (!(error instanceof ActivityFailure)) throw error;
  });
}

async function close(run: PaymentRun, state: "lapsed" | "cancelled" | "refused"): Promise<void> {
  const closed = await localDb.closePayment(run.order, state, instant(Date.now()));
  if (closed === undefined) return markUnknown(run);
  run.state = closed;
  showStage(run.state, `Closed: ${run.state}`);
  run.outcome =
    state === "refused" ? { kind: state, reason: "the gateway said no" } : { kind: state };
}

/** Starts a new run with a short history, which gets the undecided events. */
async function continueRun({ order, queue, outcome, pending }: PaymentRun): Promise<never> {
  await condition(allHandlersFinished);
  const { isCancelled, requests } = pending;
  const carried = {
    events: queue.takeAll(),
    outcome,
    ...(isCancelled ? { isCancelled } : {}),
    ...(requests.length > 0 ? { requests } : {}),
  };
  return continueAsNew<typeof payment>(order.id, undefined, carried);
}

/** Books unmatched payments and notifies the admins. */
async function keepUnmatched(id: PaymentId, queue: EventQueue): Promise<PaymentOutcome> {
  showStage("unmatched", "No order asked for this money: an admin decides");
  for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
    const open = await localDb.keepUnmatched(id, batch);
    needHuman(open > 0, open > 0 ? "An admin decides what becomes of this money" : "Nothing waits");
  }
  return { kind: "unmatched" };
}
