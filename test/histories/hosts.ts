import { expect } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import {
  adoptHostUsers,
  changeHost,
  findHostDrift,
  startHostTest,
  waitForHostTest,
} from "../../client/hosts.ts";
import type { HostChange } from "../../domain/access/host-change.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { eventually } from "../drivers/eventually.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { TestApp } from "../drivers/test-app.ts";

const changeOf = (app: TestApp, kind: "migrate" | "abortMigration" | "resume") =>
  changeHost(new DurableClient(app.client), {
    requestId: `history-${kind}-2`,
    by: operator,
    change: { kind, hostId: app.hostId },
  });

/** Wants to move everybody from the only host, and stops that. */
async function recordMigration(
  app: TestApp,
  keep: (workflowId: string, name: string) => Promise<void>,
): Promise<void> {
  const begun = await changeOf(app, "migrate");
  if (begun.kind === "refused" || begun.migration === undefined) throw new Error(begun.kind);
  const workflowId = workflowIds.hostMigration(begun.migration.migrationId);
  await eventually(async () => {
    const rows = await app.rows("select 1 from host_migrations where waiting_since is not null");
    expect(rows).toHaveLength(1);
  });
  await changeOf(app, "abortMigration");
  await app.client.workflow.getHandle(workflowId).result();
  await changeOf(app, "resume");
  await keep(workflowId, "hostMigration");
  await keep(workflowIds.hostChange("history-migrate-2"), "hostChange.migrate");
}

/** Works on the only host, and gives the time back that it has cost. */
async function recordMaintenance(
  app: TestApp,
  keep: (workflowId: string, name: string) => Promise<void>,
): Promise<void> {
  const { hostId } = app;
  const change = (made: HostChange) => {
    const requestId = `history-${made.kind}`;
    return changeHost(new DurableClient(app.client), { requestId, by: operator, change: made });
  };
  await change({ kind: "beginMaintenance", hostId, texts: { en: "New disks" } });
  await change({ kind: "endMaintenance", hostId });
  const [made] = await app.rows<{ id: string }>("select id from host_maintenances");
  const maintenanceId = made!.id;
  await change({ kind: "giveBack", hostId, maintenanceId });
  const workflowId = workflowIds.hostGiveBack(maintenanceId);
  await app.client.workflow.getHandle(workflowId).result();
  await keep(workflowId, "hostGiveBack");
  await keep(workflowIds.hostChange("history-giveBack"), "hostChange.giveBack");
}

const answerMs = 30_000;

/** Takes a host out of use and back, refuses to remove it, tests it, compares it and looks who on it is not ours. */
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
  const order = { kind: "external" } as const;
  const request = { requestId: "history", operatorName: "Ann", hostId, order, isDry: true };
  await adoptHostUsers(client, { ...request, by: operator }, answerMs);
  await keep(workflowIds.hostAdoption("history"), "hostAdoption");
  await recordMigration(app, keep);
  await recordMaintenance(app, keep);
}
