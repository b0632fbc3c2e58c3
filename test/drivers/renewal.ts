import type { WorkflowHandle } from "@temporalio/client";
import { expect } from "vitest";
import { eventually } from "./eventually.ts";

/**
 * Repeats a flood until the workflow goes on in a new run; answers the id of the run before. How long a history
 * becomes depends on how many signals one workflow task hears, so that no number of them fills every run. A run whose
 * tasks never see the end of a flood cannot end: each flood is worked off before the next.
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
