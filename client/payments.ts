import { type Client, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import type { GatewayEvent, PaymentId } from "../domain/payment.ts";
import type { RefundCommand } from "../domain/refund.ts";
import type { Resolution } from "../domain/unmatched.ts";
import { refundOf, reportTo, taskQueue, workflowIds } from "../workflows/contract.ts";
import type { payment, refund, unmatched } from "../workflows/index.ts";

/**
 * Reports to a payment what its gateway said, also to one that is over or that nobody knows. Resolves when Temporal
 * holds the report.
 */
export async function reportEvents(
  client: Client,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> {
  await client.workflow.signalWithStart<typeof payment, [readonly GatewayEvent[]]>(
    "payment",
    reportTo(id, events),
  );
}

/** Has a payment whose workflow is gone go on from what the books know; one that runs is left as it is. */
export async function resumePayment(client: Client, id: PaymentId): Promise<void> {
  await client.workflow
    .start<typeof payment>("payment", {
      taskQueue,
      workflowId: workflowIds.payment(id),
      args: [id],
      staticSummary: "Payment that was taken up again",
    })
    .catch(ignoreStarted);
}

/** The same for a refund. */
export async function resumeRefund(client: Client, command: RefundCommand): Promise<void> {
  await client.workflow.start<typeof refund>("refund", refundOf(command)).catch(ignoreStarted);
}

/** The same for unmatched money that is on its way back. */
export async function resumeUnmatched(client: Client, resolution: Resolution): Promise<void> {
  await client.workflow
    .start<typeof unmatched>("unmatched", {
      taskQueue,
      workflowId: workflowIds.unmatched(resolution.requestId),
      args: [resolution],
      staticSummary: "Return of unmatched money that was taken up again",
    })
    .catch(ignoreStarted);
}

/** What runs already is what was wanted. */
export function ignoreStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

