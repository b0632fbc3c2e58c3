import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../domain/time.ts";
import { auditGauge } from "../../workers/metrics.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { needsHuman, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";

const registry = new Registry();
const showDisagreements = auditGauge(registry);
/** The number of disagreements that each audit found, in order. */
const audits: number[] = [];
const app = useTestApp({
  onAudit: (disagreements) => {
    audits.push(disagreements);
    showDisagreements(disagreements);
  },
});

const handle = () => app.client.workflow.getHandle(workflowIds.audit);

/** Waits until the audit is idle until its next run. */
const waitUntilIdle = () =>
  eventually(async () => {
    const { raw } = await handle().describe();
    expect([raw.pendingActivities ?? [], raw.pendingWorkflowTask ?? undefined]).toEqual([
      [],
      undefined,
    ]);
  });

/** Runs an audit that starts after this call; its result is in the metrics. */
async function runAudit(): Promise<void> {
  await waitUntilIdle();
  const before = audits.length;
  await handle().signal("checkNow");
  await eventually(() => expect(audits.length).toBeGreaterThan(before));
  await waitUntilIdle();
}

const readGauge = async () => (await registry.metrics()).match(/^tollgate_disagreements.*$/mu)?.[0];

/** Makes a subscription's traffic in the books differ from that of its keys. */
const miscountTraffic = async (subscription: string, bytes: number) =>
  void (await app.rows("update subscriptions set moved_bytes = moved_bytes + ? where id = ?", [
    bytes,
    subscription.replace("subscription:", ""),
  ]));

test("the books are compared at the start, and then a day after each time", async () => {
  await eventually(() => expect(audits).toEqual([0]));
  await waitUntilIdle();
  await app.pass(workflowIds.audit, dayMs - hourMs);
  expect(audits).toEqual([0]);
  for (const times of [2, 3]) {
    await app.pass(workflowIds.audit, hourMs + minuteMs);
    await eventually(() => expect(audits).toHaveLength(times));
    await waitUntilIdle();
    await app.pass(workflowIds.audit, dayMs - hourMs);
    expect(audits).toHaveLength(times);
  }
});

test("what does not agree needs a person and is counted, until the books agree again", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const subscription = await app.subscriptionOf(bob);
  await runAudit();
  expect(await needsHuman(app, workflowIds.audit)).toBe(false);
  expect(await readGauge()).toBe("tollgate_disagreements 0");
  await miscountTraffic(subscription, 7);
  await runAudit();
  expect(await needsHuman(app, workflowIds.audit)).toBe(true);
  expect(await readGauge()).toBe("tollgate_disagreements 1");
  await miscountTraffic(subscription, -7);
  await runAudit();
  expect(await needsHuman(app, workflowIds.audit)).toBe(false);
  expect(await readGauge()).toBe("tollgate_disagreements 0");
});

test("once a day, days of traffic that are long over become months", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  await app.rows(
    `insert into traffic_daily (device_id, day, uploaded, downloaded)
     select d.id, date_trunc('month', now()) - m.ago * interval '1 month', 1, 2
       from (select id from devices limit 1) d, (values (1), (5), (6)) m (ago)`,
  );
  await runAudit();
  const count = (table: string) => app.rows(`select count(*)::int as rows from ${table}`);
  await eventually(async () => {
    expect(await count("traffic_months")).toEqual([{ rows: 2 }]);
    expect(await count("traffic_daily")).toEqual([{ rows: 1 }]);
  });
});
