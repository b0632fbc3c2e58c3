import { getExternalWorkflowHandle, log } from "@temporalio/workflow";
import type { PaymentId } from "../domain/payments/payment.ts";
import { workflowIds } from "./contract/names.ts";
import { cancelled } from "./signals.ts";

/** Signals another workflow. False: it has ended and cannot be signalled. */
export async function signalWorkflow(send: Promise<void>, about: string): Promise<boolean> {
  try {
    await send;
    return true;
  } catch (error) {
    log.info("the other workflow has ended", { about, reason: String(error) });
    return false;
  }
}

/**
 * A `catch` handler: a child that was started before is as good as a new one.
 * @throws every other error.
 */
export function ignoreStarted(error: unknown): void {
  const isStarted = error instanceof Error && error.name === "WorkflowExecutionAlreadyStartedError";
  if (!isStarted) throw error;
}

/** Makes a payment cancel its invoice at the gateway; one that has ended is left as it is. */
export async function cancelPayment(id: PaymentId): Promise<void> {
  const payment = getExternalWorkflowHandle(workflowIds.payment(id));
  await signalWorkflow(payment.signal(cancelled), "its order was closed");
}
