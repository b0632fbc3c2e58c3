import { expect } from "vitest";
import { eventually } from "./eventually.ts";
import type { TestApp } from "./test-app.ts";

/** Has Temporal forget a workflow that is over, as when its retention has passed. */
export async function deleteWorkflow(
  { client, connection, namespace }: Pick<TestApp, "client" | "connection" | "namespace">,
  workflowId: string,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const workflowExecution = { workflowId, runId };
  await eventually(async () => {
    // A busy server may lose the first one: it is asked again until it has forgotten.
    await connection.workflowService
      .deleteWorkflowExecution({ namespace, workflowExecution })
      .catch(() => undefined);
    await expect(handle.describe()).rejects.toThrow(/not found/u);
  });
}
