import type { Client } from "@temporalio/client";

interface Length {
  readonly id: string;
  readonly events: number;
}

const shown = 5;

/** The longest histories of all runs of a namespace, the longest first. */
export async function longestHistories(client: Client): Promise<Length[]> {
  const found: Length[] = [];
  for await (const { workflowId, runId, status, historyLength } of client.workflow.list()) {
    // Only of one that is closed the list knows how long it is.
    const events =
      status.name === "RUNNING"
        ? (await client.workflow.getHandle(workflowId, runId).describe()).historyLength
        : historyLength;
    found.push({ id: workflowId, events });
    found.sort((a, b) => b.events - a.events);
    found.splice(shown);
  }
  return found;
}
