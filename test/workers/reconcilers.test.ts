import { randomUUID } from "node:crypto";
import { Context } from "@temporalio/activity";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { hostId } from "../../domain/ids.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { hourMs } from "../../domain/time.ts";
import { createLogger } from "../../runtime/log.ts";
import { keepReconcilers, notifyLostLoops } from "../../workers/reconcilers.ts";
import { reconcilerTaskQueue, taskQueue, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal.connection.close());

test("a terminated reconciler is restarted while the worker runs; a running one gets no event", async () => {
  const host = { id: hostId(randomUUID()), name: "one" };
  const gateway = gatewayName("memory");
  const all = [
    workflowIds.messages,
    workflowIds.audit,
    workflowIds.host(host.id),
    workflowIds.gateway(gateway),
  ];
  const describe = (id: string) => temporal.client.workflow.getHandle(id).describe();
  const { stop: end } = await keepReconcilers(
    new DurableClient(temporal.client),
    async () => ({ hosts: [host], gateways: [gateway] }),
    createLogger("test", "silent"),
    100,
  );
  try {
    const before = new Map<string, string>();
    for (const id of all) before.set(id, (await describe(id)).runId);
    const [ended = "", ...others] = all;
    for (const id of all) await temporal.client.workflow.getHandle(id).terminate("a mistake");
    for (const id of all) {
      await eventually(async () => {
        const now = await describe(id);
        expect(now.status.name).toBe("RUNNING");
        expect(now.runId).not.toBe(before.get(id));
      });
    }
    const { runId, historyLength } = await describe(ended);
    await temporal.client.workflow.getHandle(others[0]!).terminate("once more");
    await eventually(async () => expect((await describe(others[0]!)).status.name).toBe("RUNNING"));
    expect(await describe(ended)).toMatchObject({ runId, historyLength });
  } finally {
    end();
  }
});

/** Heartbeats until it is cancelled. */
async function loop(): Promise<void> {
  const context = Context.current();
  const heart = setInterval(() => context.heartbeat(), 100);
  try {
    await context.cancelled;
  } finally {
    clearInterval(heart);
  }
}

test("a loop whose workflow was terminated has it restarted at once; one that completes does not", async () => {
  const { address, namespace, client, connection } = await createNamespace();
  const keeping = await keepReconcilers(
    new DurableClient(client),
    async () => ({ hosts: [], gateways: [] }),
    createLogger("test", "silent"),
    hourMs,
  );
  const looks: string[] = [];
  const line = await NativeConnection.connect({ address });
  const of = { connection: line, namespace };
  const workflowBundle = { codePath: inject("temporal").codePath };
  const workers = await Promise.all([
    Worker.create({ ...of, taskQueue, workflowBundle }),
    Worker.create({
      ...of,
      taskQueue: reconcilerTaskQueue,
      activities: { sendMessages: loop },
      maxHeartbeatThrottleInterval: "100ms",
      interceptors: {
        activity: [notifyLostLoops(() => void keeping.checkNow().then(() => looks.push("looked")))],
      },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const messages = client.workflow.getHandle(workflowIds.messages);
  const loops = () =>
    eventually(async () => {
      const { raw, runId, status } = await messages.describe();
      expect([status.name, raw.pendingActivities?.[0]?.state]).toEqual(["RUNNING", 2]);
      return runId;
    });
  try {
    const before = await loops();
    await messages.signal("pause");
    await eventually(async () => {
      expect((await messages.describe()).raw.pendingActivities ?? []).toEqual([]);
    });
    await messages.signal("resume");
    expect(await loops()).toBe(before);
    expect(looks).toEqual([]);
    await messages.terminate("a mistake");
    expect(await loops()).not.toBe(before);
    expect(looks).toEqual(["looked"]);
  } finally {
    keeping.stop();
    for (const worker of workers) worker.shutdown();
    await running;
    await Promise.all([line.close(), connection.close()]);
  }
});
