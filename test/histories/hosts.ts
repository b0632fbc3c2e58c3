import { DurableClient } from "../../client/durable.ts";
import { changeHost, findHostDrift, startHostTest, waitForHostTest } from "../../client/hosts.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { TestApp } from "../drivers/test-app.ts";

const answerMs = 30_000;

/** Takes a host out of use and back, refuses to remove it, tests it and compares it. */
export async function recordHosts(
  app: TestApp,
  keep: (workflowId: string, name: string) => Promise<void>,
): Promise<void> {
  const client = new DurableClient(app.client);
  const { hostId } = app;
  for (const kind of ["drain", "resume", "remove"] as const) {
    const requestId = `history-${kind}`;
    await changeHost(client, { requestId, by: operator, change: { kind, hostId } });
  }
  await keep(workflowIds.hostChange("history-drain"), "hostChange");
  await keep(workflowIds.hostChange("history-remove"), "hostChange.refused");
  await startHostTest(client, { requestId: "history", hostId });
  await waitForHostTest(client, "history", answerMs);
  await keep(workflowIds.hostTest("history"), "hostTest");
  await findHostDrift(client, { requestId: "history", hostId }, answerMs);
  await keep(workflowIds.hostDrift("history"), "hostDrift");
}
