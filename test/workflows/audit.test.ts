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
/** What each audit found, in the order in which they were made. */
const audits: number[] = [];
const app = useTestApp({
  onAudit: (disagreements) => {
    audits.push(disagreements);
    showDisagreements(disagreements);
  },
});

const handle = () => app.client.workflow.getHandle(workflowIds.audit);

/** It waits for its next audit: nothing is under way. */
const rests = () =>
  eventually(async () => {
    const { raw } = await handle().describe();
    expect([raw.pendingActivities ?? [], raw.pendingWorkflowTask ?? undefined]).toEqual([
      [],
      undefined,
    ]);
  });

/** An audit that began behind this call has been made, with its result shown. */
async function audited(): Promise<void> {
  await rests();
  const before = audits.length;
  await handle().signal("checkNow");
  await eventually(() => expect(audits.length).toBeGreaterThan(before));
  await rests();
}

const shown = async () => (await registry.metrics()).match(/^tollgate_disagreements.*$/mu)?.[0];

/** Has the books say that a subscription moved so much more or less than its keys have. */
const miscount = async (subscription: string, bytes: number) =>
  void (await app.rows("update subscriptions set moved_bytes = moved_bytes + ? where id = ?", [
    bytes,
    subscription.replace("subscription:", ""),
  ]));

test("the books are compared at the start, and then a day after each time", async () => {
  await eventually(() => expect(audits).toEqual([0]));
  await rests();
  await app.pass(workflowIds.audit, dayMs - hourMs);
  expect(audits).toEqual([0]);
  for (const times of [2, 3]) {
    await app.pass(workflowIds.audit, hourMs + minuteMs);
    await eventually(() => expect(audits).toHaveLength(times));
    await rests();
    await app.pass(workflowIds.audit, dayMs - hourMs);
    expect(audits).toHaveLength(times);
  }
});

test("what does not agree needs a person and is counted, until the books agree again", async () => {
  const bob = await app.customer();
  await waitForState(app, bob, "active", 1);
  const subscription = await app.subscriptionOf(bob);
  await audited();
  expect(await needsHuman(app, workflowIds.audit)).toBe(false);
  expect(await shown()).toBe("tollgate_disagreements 0");
  await miscount(subscription, 7);
  await audited();
  expect(await needsHuman(app, workflowIds.audit)).toBe(true);
  expect(await shown()).toBe("tollgate_disagreements 1");
  await miscount(subscription, -7);
  await audited();
  expect(await needsHuman(app, workflowIds.audit)).toBe(false);
  expect(await shown()).toBe("tollgate_disagreements 0");
});
