import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { adminId, bothDeathsOf, MortalProcesses, until } from "./mortal-processes.ts";

/** The loop of each reconciler, by the word that names its workflow. */
const loops = [
  { word: "messages", activity: "sendMessages" },
  { word: "host", activity: "reconcileHost" },
  { word: "stars", activity: "reconcileGateway" },
] as const;

const deaths = loops.flatMap(({ word, activity }) => bothDeathsOf(word, activity));
let product: MortalProcesses;

beforeAll(async () => {
  product = await MortalProcesses.open(deaths);
});
afterAll(() => product?.close());

async function workflowOf(word: (typeof loops)[number]["word"]): Promise<string> {
  if (word === "messages") return workflowIds.messages;
  if (word === "stars") return workflowIds.gateway("stars" as GatewayName);
  const [host] = await product.rows<{ id: string }>("select id from hosts");
  return workflowIds.host(hostId(host?.id ?? ""));
}

/** The loop that a reconciler runs now, by its activity. */
async function loopOf(handle: WorkflowHandle, activity: string) {
  const { status, raw, runId } = await handle.describe();
  if (status.name !== "RUNNING") throw new Error(`${handle.workflowId} is ${status.name}`);
  const loop = raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity);
  if (loop === undefined) throw new Error(`${handle.workflowId} runs no loop`);
  return { runId, activityId: loop.activityId };
}

test.each(loops)(
  "the reconciler that runs $activity goes on after its worker was killed as it was being paused",
  async ({ word, activity }) => {
    const handle = product.temporal.client.workflow.getHandle(await workflowOf(word));
    const before = await until(() => loopOf(handle, activity));
    await until(() => handle.signal("pause"));
    await until(async () => {
      if (product.hasDied({ person: word, activity, when: "ended" })) return;
      // One that was killed before it heard of the pause is not run any more: nobody could be killed at its end.
      const isRun = await loopOf(handle, activity).catch(() => undefined);
      if (isRun === undefined) {
        await handle.signal("resume");
        await until(() => loopOf(handle, activity));
        await handle.signal("pause");
      }
      throw new Error("its loop still runs");
    });
    await until(() => handle.signal("resume"));
    await until(async () => {
      const after = await loopOf(handle, activity);
      expect(after.runId).toBe(before.runId);
      expect(after.activityId).not.toBe(before.activityId);
    });
  },
  600_000,
);

test("what is said after all of that is answered", async () => {
  product.checkAllHaveDied();
  const admin = product.person(adminId);
  await admin.send("/start");
  await until(() => admin.waitForMessage(/administrator here/u));
}, 600_000);
