import { expect } from "vitest";
import { eventually } from "./eventually.ts";
import type { TestApp } from "./test-app.ts";

/** Deletes a closed workflow, as Temporal does after its retention. */
export async function deleteWorkflow(
  { client, connection, namespace }: Pick<TestApp, "client" | "connection" | "namespace">,
  workflowId: string,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const workflowExecution = { workflowId, runId };
  await eventually(async () => {
    // A busy server may lose the request: it is repeated until the workflow is gone.
    await connection.workflowService
      .deleteWorkflowExecution({ namespace, workflowExecution })
      .catch(() => undefined);
    await expect(handle.describe()).rejects.toThrow(/not found/u);
  });
}
