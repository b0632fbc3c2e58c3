import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createReconciliationActivities } from "../../activities/operations/reconciliation.ts";
import { DurableClient } from "../../client/durable.ts";
import { ensureReconcilers } from "../../client/reconcilers.ts";
import { sql } from "../../db/prepared.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { hourMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { Statement } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { GatewayRegistry } from "../../workers/gateways.ts";
import { deleteFormerSchedules } from "../../workers/schedules.ts";
import { reconcilerTaskQueue, taskQueue, workflowIds } from "../../workflows/contract/names.ts";
import { useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { ReconcilerFixture } from "../drivers/reconciler-fixture.ts";
import { floodUntilRenewed } from "../drivers/renewal.ts";

const books = useDatabase();
let temporal: TestNamespace;
let fixture: ReconcilerFixture;
const cleanup = new AsyncDisposableStack();

class CountingGateway extends MemoryPaymentGateway {
  reads = 0;
  failure: Error | undefined;

  override async statement(cursor: string): Promise<Statement> {
    this.reads += 1;
    if (this.failure !== undefined) throw this.failure;
    return super.statement(cursor);
  }
}

const gateway = (name: string) => new CountingGateway({ name: gatewayName(name) });
const steady = gateway("steady");
const paused = gateway("paused");
const strict = gateway("strict");
const moving = gateway("moving");
const all = [steady, paused, strict, moving];

beforeAll(async () => {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  } catch {
    // One per process: it is installed already.
  }
  temporal = await createNamespace();
  fixture = new ReconcilerFixture(books);
  fixture.polling = { ...fixture.polling, everyMs: hourMs };
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: { codePath: inject("temporal").codePath },
  });
  const running = worker.run();
  cleanup.defer(() => temporal.connection.close());
  cleanup.defer(() => connection.close());
  cleanup.defer(async () => {
    worker.shutdown();
    await running;
  });
});

afterAll(() => cleanup.disposeAsync());

/**
 * Starts a worker of reconcilers, which is stopped as in production:
 * first the loops, then the worker.
 */
async function startLoops(everyMs = hourMs, configured: readonly CountingGateway[] = all) {
  const connection = await NativeConnection.connect({ address: temporal.address });
  const endLoops = new AbortController();
  const activities = createReconciliationActivities({
    ...fixture.ports,
    polling: { ...fixture.polling, everyMs },
    gateways: new GatewayRegistry(configured),
    notify: async (channel) =>
      void (await sql`select pg_notify(${channel}, '')`.execute(fixture.db)),
    endLoops: endLoops.signal,
  });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: reconcilerTaskQueue,
    activities,
    shutdownGraceTime: "5s",
  });
  const running = worker.run();
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    endLoops.abort(new Error("this worker shuts down"));
    worker.shutdown();
    await running;
    await connection.close();
  };
  cleanup.defer(stop);
  return { stop };
}

const handleOf = ({ capabilities: { name } }: CountingGateway) =>
  temporal.client.workflow.getHandle(workflowIds.gateway(name));
const start = (...gateways: readonly CountingGateway[]) =>
  ensureReconcilers(new DurableClient(temporal.client), {
    hosts: [],
    gateways: gateways.map(({ capabilities: facts }) => facts.name),
  });
const events = async (of: CountingGateway) => (await handleOf(of).describe()).historyLength;
const needsHuman = async (of: CountingGateway) => {
  const { searchAttributes } = await handleOf(of).describe();
  return searchAttributes["NeedsHuman"]?.[0];
};

test("an idle gateway writes no events, however many passes are made", async () => {
  const { stop } = await startLoops(100);
  await start(steady);
  await start(steady);
  await eventually(() => expect(steady.reads).toBeGreaterThan(20));
  const before = await events(steady);
  expect(before).toBeLessThan(15);
  const { reads } = steady;
  await eventually(() => expect(steady.reads).toBeGreaterThan(reads + 20));
  expect(await events(steady)).toBe(before);
  await stop();
});

test("a loop is handed over within a second when its worker shuts down", async () => {
  const first = await startLoops();
  await start(moving);
  await eventually(() => expect(moving.reads).toBe(1));
  const second = await startLoops();
  const began = Date.now();
  await first.stop();
  expect(Date.now() - began).toBeLessThan(3_000);
  await eventually(() => expect(moving.reads).toBe(2));
  expect(Date.now() - began).toBeLessThan(5_000);
  await second.stop();
});

test("checkNow makes a pass, pause stops them and resume goes on", async () => {
  const { stop } = await startLoops();
  await start(paused);
  await eventually(() => expect(paused.reads).toBe(1));
  await handleOf(paused).signal("checkNow");
  await eventually(() => expect(paused.reads).toBe(2));
  await handleOf(paused).signal("pause");
  const order = await fixture.order(paused);
  paused.settle(order);
  await eventually(async () => {
    const { pendingActivities } = (await handleOf(paused).describe()).raw;
    expect(pendingActivities ?? []).toEqual([]);
  }, 20_000);
  await handleOf(paused).signal("checkNow");
  await delay(500);
  expect(fixture.workflows.events.filter(({ id }) => id === order.id)).toEqual([]);
  await handleOf(paused).signal("resume");
  await eventually(() => {
    expect(fixture.workflows.events.filter(({ id }) => id === order.id)).toHaveLength(1);
  });
  await stop();
});

test("operators see NeedsHuman while the gateway refuses us, and not after", async () => {
  strict.failure = new Refused("unknown key");
  const { stop } = await startLoops(100);
  await start(strict);
  await eventually(async () => expect(await needsHuman(strict)).toBe(true));
  strict.failure = undefined;
  await eventually(async () => expect(await needsHuman(strict)).toBe(false));
  await stop();
});

test("the reconciler of a gateway that is no longer configured ends, and continues at its next start", async () => {
  const lonely = gateway("lonely");
  const without = await startLoops();
  await start(lonely);
  await handleOf(lonely).result();
  await without.stop();
  const { stop } = await startLoops(hourMs, [lonely]);
  await start(lonely);
  await eventually(() => expect(lonely.reads).toBe(1));
  await stop();
});

test("a run that grows full hands over to the next one, with what was paused", async () => {
  const { stop } = await startLoops();
  await temporal.client.workflow.start("gateway", {
    taskQueue,
    workflowId: "gateway:grows",
    args: ["steady", { isPaused: true, troubles: [] }],
  });
  const handle = temporal.client.workflow.getHandle("gateway:grows");
  await floodUntilRenewed(handle, () =>
    Promise.all(Array.from({ length: 30 }, () => handle.signal("pause"))),
  );
  expect((await handle.describe()).historyLength).toBeLessThan(1_000);
  await handle.terminate();
  await stop();
});

test("Schedules that an older version left are deleted, those of others stay", async () => {
  const client: Client = temporal.client;
  const make = (scheduleId: string) =>
    client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: "1d" }] },
      action: { type: "startWorkflow", workflowType: "old", taskQueue: "nobody", args: [] },
    });
  for (const id of ["reconciliation:ton", "traffic:1", "host-reconciliation:1", "mine"])
    await make(id);
  await eventually(async () => {
    await deleteFormerSchedules(client);
    const left: string[] = [];
    for await (const { scheduleId } of client.schedule.list()) left.push(scheduleId);
    expect(left).toEqual(["mine"]);
  });
});
