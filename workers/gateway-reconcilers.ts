import { type Client, WorkflowIdConflictPolicy } from "@temporalio/client";
import type { GatewayName } from "../domain/payment.ts";
import { taskQueue, workflowIds } from "../workflows/contract.ts";
import type { gateway } from "../workflows/index.ts";

/**
 * Starts the reconciler of each configured gateway. One that runs is left as it is, paused or not; one of a gateway
 * that is not configured any more ends by itself.
 */
export async function startGatewayReconcilers(
  client: Client,
  names: readonly GatewayName[],
): Promise<void> {
  for (const name of names) {
    await client.workflow.start<typeof gateway>("gateway", {
      taskQueue,
      workflowId: workflowIds.gateway(name),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      args: [name],
      staticSummary: `Keeps ${name} equal to the books`,
    });
  }
}
