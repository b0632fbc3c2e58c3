import type { CustomerId } from "../../domain/ids.ts";
import type {
  GatewayEvent,
  GatewayName,
  PaymentId,
  PaymentState,
  Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { RefundCommand } from "../../domain/payments/refund.ts";
import { searchAttributes, signals, taskQueue, workflowIds } from "./names.ts";

/** What operators find a payment by: its start says so where all of it is known then. */
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

/** With this `start` begins a payment. The same id is the same purchase, however long ago it was made. */
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

/** With this `signalWithStart` reports to a payment what a gateway said, also to one that is over or that nobody knows. */
export function reportTo(id: PaymentId, events: readonly GatewayEvent[]) {
  const args: [PaymentId] = [id];
  const signalArgs: [readonly GatewayEvent[]] = [events];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    args,
    signal: signals.gatewayReported,
    signalArgs,
    staticSummary: `Payment by ${events[0]?.gateway ?? "nobody"}`,
  };
}

/** With this `start` begins a refund. */
export function refundOf(command: RefundCommand) {
  const args: [RefundCommand] = [command];
  return {
    taskQueue,
    workflowId: workflowIds.refund(command.requestId),
    args,
    staticSummary: `Refund of payment ${command.paymentId}`,
  };
}
