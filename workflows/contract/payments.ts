import type { CustomerId } from "../../domain/ids.ts";
import type {
  GatewayEvent,
  GatewayName,
  InvoiceRequest,
  PaymentId,
  PaymentState,
  Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { RefundCommand } from "../../domain/payments/refund.ts";
import { searchAttributes, signals, taskQueue, workflowIds } from "./names.ts";

/** The search attributes of a payment. Its start sets them if all of them are known then. */
export function paymentAttributes(of: {
  readonly customerId: CustomerId;
  readonly gateway: GatewayName;
  readonly plan: PlanCode;
  readonly stage: PaymentState;
}) {
  return [
    { key: searchAttributes.customerId, value: of.customerId as string },
    { key: searchAttributes.gateway, value: of.gateway as string },
    { key: searchAttributes.plan, value: of.plan as string },
    { key: searchAttributes.stage, value: of.stage as string },
  ];
}

/**
 * The options of `start` for a payment. The same id is the same purchase,
 * however long ago it was made.
 */
export function purchaseOf(id: PaymentId, purchase: Purchase, customerId: CustomerId) {
  const { plan, gateway, currency } = purchase;
  const args: [PaymentId, Purchase] = [id, purchase];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    workflowIdReusePolicy: "REJECT_DUPLICATE" as const,
    args,
    typedSearchAttributes: paymentAttributes({ customerId, gateway, plan, stage: "open" }),
    staticSummary: `Buys ${plan} by ${gateway} in ${currency}`,
  };
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
    staticSummary: `Payment, gateway ${events[0]?.gateway ?? "unknown"}`,
  };
}

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
    staticSummary: "Shows a payment again",
  };
}

/** The options of `start` for a refund. */
export function refundOf(command: RefundCommand) {
  const args: [RefundCommand] = [command];
  return {
    taskQueue,
    workflowId: workflowIds.refund(command.requestId),
    args,
    staticSummary: `Refund of payment ${command.paymentId}`,
  };
}
