import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { CustomerId, TelegramId } from "../../domain/ids.ts";
import { decimalOf, type Money } from "../../domain/money.ts";
import {
  type GatewayEvent,
  type GatewayName,
  type InvoiceRequest,
  orderNumber,
  type PaymentId,
  type PaymentState,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { RefundCommand } from "../../domain/payments/refund.ts";
import type { RenewalRequest } from "../../domain/payments/renewal.ts";
import { searchAttributes, signals, taskQueue, workflowIds } from "./names.ts";
import { ofPerson } from "./people.ts";

/** The search attributes of a payment. Its start sets them if all of them are known then. */
export function paymentAttributes(of: {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
  readonly gateway: GatewayName;
  /** Undefined: it is for no plan. */
  readonly plan: PlanCode | undefined;
  readonly stage: PaymentState;
}) {
  return [
    { key: searchAttributes.customerId, value: of.customerId as string },
    ...ofPerson(of.telegramId),
    { key: searchAttributes.order, value: orderNumber(of.id) },
    { key: searchAttributes.gateway, value: of.gateway as string },
    ...(of.plan === undefined ? [] : [{ key: searchAttributes.plan, value: of.plan as string }]),
    { key: searchAttributes.stage, value: of.stage as string },
  ];
}

/** Who buys, and at which price they were offered it; the books decide the price. */
export interface PurchaseStart {
  readonly customerId: CustomerId;
  readonly price?: Money | undefined;
}

/**
 * The options of `start` for a payment. The same id is the same purchase,
 * however long ago it was made.
 */
export function purchaseOf(
  id: PaymentId,
  purchase: Purchase,
  { customerId, price }: PurchaseStart,
) {
  const { plan, gateway, currency, telegramId } = purchase;
  const amount = price === undefined ? currency : amountOf(price);
  const does = verbOf(purchase);
  const args: [PaymentId, Purchase] = [id, purchase];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    workflowIdReusePolicy: "REJECT_DUPLICATE" as const,
    args,
    typedSearchAttributes: paymentAttributes({
      id,
      customerId,
      telegramId,
      gateway,
      plan,
      stage: "open",
    }),
    staticSummary: `Order ${orderNumber(id)}: ${telegramId} ${does} ${amount} by ${gateway}`,
  };
}

/** What a purchase does for its price. */
function verbOf({ plan, recurs, extra }: Purchase): string {
  switch (extra?.kind) {
    case "topUp":
      return "tops up the balance by";
    case "traffic":
      return "buys traffic for";
    case "device":
      return "buys a place for a device for";
    case undefined:
      return `${recurs === "renews" ? "renews" : "buys"} ${plan} for`;
  }
}

/**
 * The options of `signalWithStart` that report gateway events to a payment, also to one that has
 * ended or does not exist.
 */
export function reportTo(id: PaymentId, events: readonly GatewayEvent[]) {
  const args: [PaymentId] = [id];
  const signalArgs: [readonly GatewayEvent[]] = [events];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    args,
    signal: signals.gatewayReported,
    signalArgs,
    typedSearchAttributes: [{ key: searchAttributes.order, value: orderNumber(id) }],
    staticSummary: `Order ${orderNumber(id)}: ${summaryOf(events)}`,
  };
}

function summaryOf([first, ...more]: readonly GatewayEvent[]): string {
  if (first === undefined) return "reported";
  return more.length === 0 ? reported(first) : `${reported(first)} and ${more.length} more`;
}

const reported = ({ gateway, report }: GatewayEvent): string => {
  if (report.kind === "paid") return `${amountOf(report.paid)} paid by ${gateway}`;
  if ("returned" in report) return `${amountOf(report.returned)} ${report.kind} by ${gateway}`;
  return `${report.kind} by ${gateway}`;
};

const amountOf = (of: Money): string => `${decimalOf(of)} ${of.currency}`;

/** The options of `signalWithStart` that ask a payment to show its invoice, also a closed one. */
export function showInvoiceOf(id: PaymentId, request: InvoiceRequest) {
  const args: [PaymentId] = [id];
  const signalArgs: [InvoiceRequest] = [request];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    args,
    signal: signals.invoiceRequested,
    signalArgs,
    typedSearchAttributes: [{ key: searchAttributes.order, value: orderNumber(id) }],
    staticSummary: `Order ${orderNumber(id)} is shown again`,
  };
}

/** The options of `start` for a customer's change of their auto-renewal. */
export function renewalChangeOf(request: RenewalRequest) {
  const args: [RenewalRequest] = [request];
  const { requestId, telegramId, change } = request;
  return {
    taskQueue,
    workflowId: workflowIds.renewalChange(requestId),
    workflowIdReusePolicy: "REJECT_DUPLICATE" as const,
    args,
    typedSearchAttributes: ofPerson(telegramId),
    staticSummary: `Auto-renewal of ${telegramId}: ${change.kind}`,
  };
}

/** The options of `start` for what makes Telegram follow a customer's subscriptions in Stars. */
export function starSubscriptionOf(ref: SubscriptionRef) {
  const args: [SubscriptionRef] = [ref];
  return {
    taskQueue,
    workflowId: workflowIds.starSubscription(ref.id),
    args,
    typedSearchAttributes: ofPerson(ref.telegramId),
    staticSummary: `Stars subscription of ${ref.telegramId}`,
  };
}

/** The options of `start` for what makes gateways follow a customer's saved cards. */
export function savedCardOf(ref: SubscriptionRef) {
  const args: [SubscriptionRef] = [ref];
  return {
    taskQueue,
    workflowId: workflowIds.savedCard(ref.id),
    args,
    typedSearchAttributes: ofPerson(ref.telegramId),
    staticSummary: `Saved card of ${ref.telegramId}`,
  };
}

/** The options of `start` for a refund. */
export function refundOf(command: RefundCommand) {
  const args: [RefundCommand] = [command];
  const { paymentId, amount, by } = command;
  const order = orderNumber(paymentId);
  const what = amount === undefined ? "what is left" : amountOf(amount);
  return {
    taskQueue,
    workflowId: workflowIds.refund(command.requestId),
    args,
    typedSearchAttributes: [{ key: searchAttributes.order, value: order }],
    staticSummary: `Refund of ${what} of order ${order}, ${by === undefined ? "by itself" : `by admin ${by}`}`,
  };
}
