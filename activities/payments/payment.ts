import type { Lookups } from "../../db/operations/lookups.ts";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { readAfterFailure } from "../../db/payments/card-consents.ts";
import type { Decisions } from "../../db/payments/decisions.ts";
import type { Payments } from "../../db/payments/payments.ts";
import type { PlanNames } from "../../db/payments/plans.ts";
import type { UnmatchedPayments } from "../../db/payments/unmatched.ts";
import type { ReadCache } from "../../db/read-cache.ts";
import { failures } from "../../domain/failures.ts";
import {
  invoiceChanged,
  invoiceMessages,
  invoiceQrMessage,
  type InvoiceShown,
  invoiceShownIn,
  noticeTo,
} from "../../domain/messaging/message.ts";
import type { DecisionOutcome } from "../../domain/payments/decision.ts";
import { eventsToDecide } from "../../domain/operations/reconciliation.ts";
import {
  balanceGateway,
  type GatewayEvent,
  type InvoiceRequest,
  type OpenResult,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
  type Purchase,
} from "../../domain/payments/payment.ts";
import { renewalFailed } from "../../domain/payments/payment-messages.ts";
import type { RefundCommand } from "../../domain/payments/refund.ts";
import type { Resolution, ResolutionResult } from "../../domain/payments/unmatched.ts";
import type { Language } from "../../domain/people/customer.ts";
import { type Instant, minuteMs, toMs } from "../../domain/time.ts";
import type { InvoiceText } from "../../gateways/payments/port.ts";
import { extraName } from "../../texts/extra-name.ts";
import { textsIn } from "../../texts/index.ts";
import type { DecidedEvents, PaymentSteps } from "../../workflows/steps/payments.ts";
import { type DevicePorts, firstDeviceOfOrder } from "../access/first-device.ts";
import { refusedAs } from "../failure.ts";
import { findRefundCapability, type GatewayDirectory } from "./gateway-directory.ts";

/** What the steps of payments read, write and ask. */
export interface PaymentPorts extends DevicePorts {
  readonly em: EntityManager;
  readonly payments: Payments;
  readonly decisions: Decisions;
  readonly unmatched: UnmatchedPayments;
  readonly lookups: Lookups;
  readonly gateways: GatewayDirectory;
  readonly planNames: PlanNames;
  readonly cache: ReadCache;
}

/** The activities of payments and of unmatched payments. */
export function createPaymentActivities(ports: PaymentPorts): PaymentSteps {
  const { payments, unmatched } = ports;
  return {
    openOrder: (id, purchase, now) => openOrder(ports, id, purchase, now),
    findOrder: (id) => payments.find(id),
    issueInvoice: (order) => issueInvoice(ports, order),
    notifyInvoiceDelayed: (order) => payments.enqueue(messagesOf(order, { cause: "delayed" })),
    showInvoice: (order, requests) => showInvoice(ports, order, requests),
    cancelInvoice: (order) => cancelInvoice(ports, order),
    confirmEvents: (order, events) => confirmEvents(ports, order, events),
    lookUp: (order) => lookUp(ports, order),
    decideEvents: (id, events, now) => decideEvents(ports, id, events, now),
    closePayment: (order, state, now) => closePayment(ports, order, state, now),
    keepUnmatched: (id, events) => unmatched.keepAll(id, events),
    resolveUnmatched: (resolution, now) => resolveUnmatched(ports, resolution, now),
    closeUnmatched: (resolution, result, refund) => unmatched.close(resolution, result, refund),
  };
}

async function openOrder(
  ports: PaymentPorts,
  id: PaymentId,
  purchase: Purchase,
  now: Instant,
): Promise<OpenResult> {
  const { payments } = ports;
  const { telegramId, shownIn } = purchase;
  const opened = await payments.openOnce(id, purchase, now);
  if (opened.kind === "opened") {
    if (shownIn !== undefined) await payments.enqueue([invoiceShownIn(telegramId, id, shownIn)]);
    return opened;
  }
  const { why, instead } = opened;
  const open = instead === undefined ? undefined : await payments.find(instead);
  if (open?.state === "open") {
    await showInvoice(ports, open.order, [
      { requestId: id, part: "invoice", ...(shownIn === undefined ? {} : { shownIn }) },
    ]);
  } else {
    const refusal = { kind: "notOpened", why } as const;
    await payments.enqueue([noticeTo(telegramId, `payment/${id}/notOpened`, refusal)]);
  }
  return opened;
}

async function issueInvoice(ports: PaymentPorts, order: PaymentOrder): Promise<void> {
  const { payments, gateways } = ports;
  const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
  const { isFirst, language } = await payments.askOnce(order.id);
  const wording = await chooseWording(ports, order, language);
  const invoice = await gateway
    .issueInvoice(order, wording, { isFirst })
    .catch(refusedAs(failures.invoiceRefused));
  const isNew = Date.now() - toMs(order.openedAt) > minuteMs;
  // A renewal is charged without an invoice for anybody to see.
  const messages = order.recurs === "renews" ? [] : messagesOf(order, { cause: "opened", isNew });
  await payments.showInvoice(order, invoice, messages);
}

/** A closed order is shown as it ended, and has no picture any more. */
async function showInvoice(
  { payments }: PaymentPorts,
  { id, telegramId }: PaymentOrder,
  requests: readonly InvoiceRequest[],
): Promise<void> {
  const found = await payments.find(id);
  if (found === undefined) return;
  const isTransfer = found.state === "open" && found.invoice?.["kind"] === "transfer";
  const messages = requests.flatMap(({ requestId, part, shownIn }) => {
    if (part === "qr") {
      return isTransfer ? [invoiceQrMessage(telegramId, id, requestId)] : [];
    }
    const isNew = shownIn === undefined;
    const place = isNew ? [] : [invoiceShownIn(telegramId, id, shownIn)];
    return [...place, ...messagesOf(found.order, { cause: requestId, isNew })];
  });
  await payments.enqueue(messages);
}

/** Where the gateway can, so that nobody pays an order that was cancelled. */
async function cancelInvoice(ports: PaymentPorts, order: PaymentOrder): Promise<void> {
  const reference = await findInvoiceReference(ports, order.id);
  if (reference === undefined) return;
  const gateway = await ports.gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
  await gateway.cancelInvoice?.(order, reference).catch(refusedAs(failures.invoiceRefused));
}

/** Events of a gateway that cannot be asked, or does not notify, are returned as they are. */
async function confirmEvents(
  ports: PaymentPorts,
  order: PaymentOrder,
  events: readonly GatewayEvent[],
): Promise<readonly GatewayEvent[]> {
  if (order.gateway === balanceGateway) return events;
  const gateway = await ports.gateways.get(order.gateway).catch(() => undefined);
  const reference = await findInvoiceReference(ports, order.id);
  if (gateway?.capabilities.notifies !== true || reference === undefined) return events;
  const lines = await gateway.lookup(order, reference);
  return events.flatMap((event) => eventsToDecide(order, event, lines));
}

async function lookUp(ports: PaymentPorts, order: PaymentOrder): Promise<readonly GatewayEvent[]> {
  const { gateways, lookups } = ports;
  const reference = await findInvoiceReference(ports, order.id);
  if (reference === undefined) return [];
  const gateway = await gateways.get(order.gateway).catch(refusedAs(failures.invoiceRefused));
  const lines = await gateway.lookup(order, reference).catch(async (error: unknown) => {
    // The workflow gives up after a few tries: let the gateway's reconciler look it up as soon as
    // the gateway is back.
    await lookups.bringForward(order);
    throw error;
  });
  return lines
    .filter(({ report }) => report.kind !== "progress")
    .map(({ report, evidence }) => {
      return { gateway: order.gateway, report, evidence, source: "reconciliation" };
    });
}

async function decideEvents(
  ports: PaymentPorts,
  id: PaymentId,
  events: readonly GatewayEvent[],
  now: Instant,
): Promise<DecidedEvents | undefined> {
  const { decisions, gateways, cache } = ports;
  const name = events[0]?.gateway;
  const canRefund = name !== undefined && (await findRefundCapability(gateways, name)) !== "none";
  const decided = await decisions.decideAll(id, events, now, {
    canRefund,
    addFirstDevice: firstDeviceOfOrder(ports),
  });
  if (decided === undefined) return undefined;
  await askForRest(ports, id, decided);
  await cache.forget(decided.telegramId);
  return {
    ...decided,
    refunds: decided.refunds.map((requestId) => refundDuplicate(id, requestId)),
  };
}

/**
 * A wallet is asked for what is still missing of the price, once a part of it has come. Where the
 * gateway refuses so little, or is off, the invoice stays as it is.
 */
async function askForRest(
  ports: PaymentPorts,
  id: PaymentId,
  { effects, state }: DecisionOutcome,
): Promise<void> {
  const part = effects.findLast(({ kind }) => kind === "credited");
  const missing = part?.kind === "credited" ? part.missing : undefined;
  if (missing === undefined || state !== "open") return;
  const { payments, gateways } = ports;
  const found = await payments.find(id);
  if (found?.state !== "open" || found.invoice?.["kind"] !== "transfer") return;
  const { order } = found;
  const wording = await chooseWording(ports, order, (await payments.askOnce(id)).language);
  const invoice = await gateways
    .get(order.gateway)
    .then((gateway) => gateway.issueInvoice({ ...order, price: missing }, wording))
    .catch(() => undefined);
  if (invoice === undefined) return;
  const rest = { ...invoice, missing: String(missing.minor) };
  await payments.showInvoice(order, rest, [
    invoiceChanged(order.telegramId, id, `missing/${missing.minor}`),
  ]);
}

async function closePayment(
  { em, payments }: PaymentPorts,
  order: PaymentOrder,
  state: "lapsed" | "cancelled" | "refused",
  now: Instant,
): Promise<PaymentState | undefined> {
  const { id, telegramId } = order;
  const notice =
    order.recurs === "renews"
      ? renewalFailed(order, await readAfterFailure(queriesOf(em), order, now))
      : ({ kind: "invoiceRefused" } as const);
  const refused = noticeTo(telegramId, `payment/${id}/noInvoice`, notice);
  return payments.closeOnce(order, state, {
    now,
    notices: state === "refused" ? [refused] : [],
  });
}

async function resolveUnmatched(
  { gateways, unmatched }: PaymentPorts,
  resolution: Resolution,
  now: Instant,
): Promise<ResolutionResult> {
  const { what, gateway } = resolution;
  const mayReturn =
    what.kind !== "refund" || (await findRefundCapability(gateways, gateway)) !== "none";
  return unmatched.resolveOnce(resolution, now, { mayReturn });
}

const refundDuplicate = (paymentId: PaymentId, requestId: string): RefundCommand => ({
  requestId,
  paymentId,
  reason: "the invoice was paid twice",
});

/** An order's messages. */
const messagesOf = (
  { id: paymentId, telegramId }: PaymentOrder,
  why: Pick<InvoiceShown, "cause" | "isNew">,
) => invoiceMessages(telegramId, { paymentId, ...why });

async function findInvoiceReference({ payments }: PaymentPorts, id: PaymentId) {
  return (await payments.find(id))?.invoice?.["reference"];
}

async function chooseWording(
  { em, planNames }: PaymentPorts,
  { terms, extra }: PaymentOrder,
  language: Language,
): Promise<InvoiceText> {
  if (terms === undefined) {
    const name = extraName(language, extra);
    return { title: name, language, description: name };
  }
  const title = await planNames.find(queriesOf(em), terms, language);
  return {
    title,
    language,
    description: textsIn(language).payments.invoice.description(title, terms.days),
  };
}
