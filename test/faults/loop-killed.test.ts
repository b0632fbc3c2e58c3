import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostId } from "../../domain/ids.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { adminId, bothDeathsOf, FragileProduct, retryUntilDone } from "./fragile-product.ts";

/** The activity of each reconciler, and a word in the id of its workflow. */
const loops = [
  { word: "messages", activity: "sendMessages" },
  { word: "host", activity: "reconcileHost" },
  { word: "stars", activity: "reconcileGateway" },
] as const;

const deaths = loops.flatMap(({ word, activity }) => bothDeathsOf(word, activity));
let product: FragileProduct;

beforeAll(async () => {
  product = await FragileProduct.open(deaths);
});
afterAll(() => product?.close());

async function workflowOf(word: (typeof loops)[number]["word"]): Promise<string> {
  if (word === "messages") return workflowIds.messages;
  if (word === "stars") return workflowIds.gateway(gatewayName("stars"));
  const [host] = await product.rows<{ id: string }>("select id from hosts");
  return workflowIds.host(hostId(host?.id ?? ""));
}

/** The running attempt of a reconciler's activity. */
async function loopOf(handle: WorkflowHandle, activity: string) {
  const { status, raw, runId } = await handle.describe();
  if (status.name !== "RUNNING") throw new Error(`${handle.workflowId} is ${status.name}`);
  const loop = raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity);
  if (loop === undefined) throw new Error(`${handle.workflowId} does not run ${activity}`);
  return { runId, activityId: loop.activityId };
}

test.each(loops)(
  "the reconciler that runs $activity goes on after its worker was killed as it was being paused",
  async ({ word, activity }) => {
    const handle = product.temporal.client.workflow.getHandle(await workflowOf(word));
    const before = await retryUntilDone(() => loopOf(handle, activity));
    await retryUntilDone(() => handle.signal("pause"));
    await retryUntilDone(async () => {
      if (product.hasDied({ person: word, activity, when: "ended" })) return;
      // A loop that was killed before it noticed the pause is not started again:
      // start it and pause it again.
      const isRun = await loopOf(handle, activity).catch(() => undefined);
      if (isRun === undefined) {
        await handle.signal("resume");
        await retryUntilDone(() => loopOf(handle, activity));
        await handle.signal("pause");
      }
      throw new Error("its worker has not been killed at the end of the loop");
    });
    await retryUntilDone(() => handle.signal("resume"));
    await retryUntilDone(async () => {
      const after = await loopOf(handle, activity);
      expect(after.runId).toBe(before.runId);
      expect(after.activityId).not.toBe(before.activityId);
    });
  },
  600_000,
);

test("after all of these kills the bot still answers", async () => {
  product.checkAllDeathsHappened();
  const admin = product.person(adminId);
  await admin.send("/start");
  await retryUntilDone(() => admin.waitForMessage(/administrator here/u));
}, 600_000);
