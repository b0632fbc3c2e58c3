import type { WorkflowHandle } from "@temporalio/client";
import { expect } from "vitest";
import { eventually } from "./eventually.ts";

/**
 * Repeats a flood until the workflow continues as a new run. Returns the id of the previous run.
 * The length of a history depends on how many signals one workflow task gets, so no fixed number of
 * them fills every run. A run whose tasks never see the end of a flood cannot end: each flood is
 * processed before the next.
 */
export async function floodUntilRenewed(
  handle: WorkflowHandle,
  flood: (round: number) => Promise<unknown>,
): Promise<string> {
  const { runId } = await handle.describe();
  for (let round = 0; (await handle.describe()).runId === runId; round += 1) {
    await flood(round);
    await eventually(async () =>
      expect((await handle.describe()).raw.pendingWorkflowTask ?? undefined).toBeUndefined(),
    );
  }
  return runId;
}
