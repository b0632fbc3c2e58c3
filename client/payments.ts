import { type Client, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import type { CustomerId } from "../domain/ids.ts";
import type { GatewayEvent, PaymentId, Purchase } from "../domain/payment.ts";
import type { RefundCommand } from "../domain/refund.ts";
import type { Resolution } from "../domain/unmatched.ts";
import {
  purchaseOf,
  queries,
  refundOf,
  reportTo,
  taskQueue,
  workflowIds,
} from "../workflows/contract.ts";
import type { payment, refund, unmatched } from "../workflows/index.ts";
import { sendTogether } from "./report-batches.ts";

/**
 * Reports to a payment what its gateway said, also to one that is over or that nobody knows. Resolves when Temporal
 * holds the report.
 */
export function reportEvents(
  client: Client,
  id: PaymentId,
  events: readonly GatewayEvent[],
): Promise<void> {
  return sendTogether(client, id, events, async (all) => {
    await client.workflow.signalWithStart<typeof payment, [readonly GatewayEvent[]]>(
      "payment",
      reportTo(id, all),
    );
  });
}

/**
 * Begins a purchase. The same id is the same purchase, however long ago it was made.
 * @throws WorkflowExecutionAlreadyStartedError when it was begun before.
 */
export async function startPurchase(
  client: Client,
  id: PaymentId,
  purchase: Purchase,
  customerId: CustomerId,
): Promise<void> {
  await client.workflow.start<typeof payment>("payment", purchaseOf(id, purchase, customerId));
}

/**
 * Resolves when a worker has answered: what is paid now is decided now. It leaves no trace.
 * @throws WorkflowNotFoundError when no worker has ever been there.
 */
export async function askWorker({ workflow }: Client): Promise<void> {
  await workflow.getHandle(workflowIds.messages).query<true>(queries.isServed);
}

/**
 * Begins a refund. The books see to it that a request counts once, and that a charge has one refund at a time.
 * @throws WorkflowExecutionAlreadyStartedError while this very request is under way.
 */
export async function startRefund(client: Client, command: RefundCommand): Promise<void> {
  await client.workflow.start<typeof refund>("refund", refundOf(command));
}

/**
 * Begins what an admin decided over unmatched money, once per request.
 * @throws WorkflowExecutionAlreadyStartedError when it was begun before.
 */
export async function startResolution(client: Client, resolution: Resolution): Promise<void> {
  await client.workflow.start<typeof unmatched>("unmatched", {
    ...resolutionOf(resolution),
    workflowIdReusePolicy: "REJECT_DUPLICATE",
  });
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
    .start<typeof unmatched>("unmatched", resolutionOf(resolution))
    .catch(ignoreStarted);
}

function resolutionOf(resolution: Resolution) {
  const { requestId, what, gateway, by } = resolution;
  const args: [Resolution] = [resolution];
  const staticSummary = `${what.kind} unmatched money of ${gateway}, by ${by}`;
  return { taskQueue, workflowId: workflowIds.unmatched(requestId), args, staticSummary };
}

/** What runs already is what was wanted. */
export function ignoreStarted(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
