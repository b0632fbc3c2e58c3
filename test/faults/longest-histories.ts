import type { Client } from "@temporalio/client";

interface HistoryLength {
  readonly id: string;
  readonly events: number;
}

const listedCount = 5;

/** The five longest histories of all runs in the namespace, the longest first. */
export async function longestHistories(client: Client): Promise<HistoryLength[]> {
  const found: HistoryLength[] = [];
  for await (const { workflowId, runId, status, historyLength } of client.workflow.list()) {
    // The list has the length of closed workflows only.
    const events =
      status.name === "RUNNING"
        ? (await client.workflow.getHandle(workflowId, runId).describe()).historyLength
        : historyLength;
    found.push({ id: workflowId, events });
    found.sort((a, b) => b.events - a.events);
    found.splice(listedCount);
  }
  return found;
}
