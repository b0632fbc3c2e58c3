import type { WorkflowHandle } from "@temporalio/client";
import { describeTroubles, readWorkflowState } from "../drivers/workflow-state.ts";

/** Which of these workflows are still running, and what they are at. */
export async function describeRunning(
  handleOf: (id: string) => WorkflowHandle,
  ids: readonly string[],
): Promise<string[]> {
  const lines = ids.map(async (id) => {
    const handle = handleOf(id);
    const state = await readWorkflowState(handle);
    if (state.kind === "closed") return [];
    return [`${id}: ${JSON.stringify(state)}; ${await describeTroubles(handle)}`];
  });
  return (await Promise.all(lines)).flat();
}
