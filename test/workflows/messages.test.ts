import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { WorkflowHandle } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createMessageActivities } from "../../activities/messaging/messages.ts";
import { telegramLimits } from "../../activities/messaging/rate-limiter.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { reconcilerTaskQueue, signals, workflowIds } from "../../workflows/contract/names.ts";
import { useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { floodUntilRenewed } from "../drivers/renewal.ts";
import { messageWith, plainKeys, readWords, testVault, useSending } from "../drivers/sending.ts";

const databases = useDatabase();
const workflowsPath = fileURLToPath(
  new URL("../../workflows/messaging/messages.ts", import.meta.url),
);
const sending = useSending(databases);
let temporal: TestNamespace;
let handle: WorkflowHandle;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  temporal = await createNamespace();
});
beforeEach(async () => {
  handle = await temporal.client.workflow.start("messages", {
    taskQueue: reconcilerTaskQueue,
    workflowId: workflowIds.messages,
  });
});
afterEach(async () => {
  await temporal.client.workflow.getHandle(workflowIds.messages).terminate();
  for (const worker of running.splice(0)) await worker.stop();
});
afterAll(() => temporal?.connection.close());

/** Starts a worker for the workflow and its loop. It stops as the product's does at SIGTERM. */
async function startProcess() {
  const endLoops = new AbortController();
  const activities = createMessageActivities({
    database: { em: databases.writer.em, url: databases.writerUrl },
    messenger: sending.telegram,
    vault: testVault,
    keys: plainKeys,
    now: () => new Date(),
    observer: { onFinished: () => undefined },
    messageLimits: { ...telegramLimits, chatBurst: 1_000 },
    endLoops: endLoops.signal,
  });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: reconcilerTaskQueue,
    workflowsPath,
    activities,
    maxHeartbeatThrottleInterval: "200ms",
    shutdownGraceTime: "2s",
  });
  const ran = worker.run();
  let isStopped = false;
  const process = {
    async stop() {
      if (isStopped) return;
      isStopped = true;
      endLoops.abort();
      worker.shutdown();
      await ran;
      await connection.close();
    },
  };
  running.push(process);
  return process;
}

/**
 * Waits until the loop has ended and the workflow shows that it is paused: between two runs there
 * is no step either.
 */
const waitUntilPaused = () =>
  eventually(async () => {
    const { workflow } = temporal.client;
    const metadata = await workflow
      .getHandle(workflowIds.messages)
      .query<{ currentDetails?: string }>("__temporal_workflow_metadata");
    expect(metadata.currentDetails).toMatch(/^Paused/u);
  });
const signal = (name: "pause" | "resume" | "checkNow") => handle.signal(signals[name]);

test("messages are sent, and when the process ends another one goes on within a second", async () => {
  const eve = await sending.meet();
  const first = await startProcess();
  await sending.write(messageWith(eve.id, "one"));
  await sending.waitUntilSent(eve.id);
  await startProcess();
  const from = Date.now();
  const stopped = first.stop();
  await sending.write(messageWith(eve.id, "two"));
  await sending.waitUntilSent(eve.id);
  expect(Date.now() - from).toBeLessThan(2_000);
  await stopped;
  expect(readWords(await eve.listTexts())).toEqual(["one", "two"]);
});

test("while it is paused nothing is sent; with resume everything is", async () => {
  const eve = await sending.meet();
  await startProcess();
  await sending.write(messageWith(eve.id, "before"));
  await sending.waitUntilSent(eve.id);
  await signal("pause");
  await waitUntilPaused();
  await sending.write(messageWith(eve.id, "paused"));
  await delay(500);
  expect(await sending.states(eve.id)).toEqual(["sent", "waiting"]);
  await signal("resume");
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["before", "paused"]);
});

/**
 * Milliseconds until a message is sent that is written without a notification and requested
 * by a signal.
 */
async function measureAskedMs(to: TelegramId): Promise<number> {
  const owner = databases.owner.em.fork();
  await sending.write(messageWith(to, "received"));
  await sending.waitUntilSent(to);
  await owner.execute("alter table messages disable trigger messages_wake");
  await sending.write(messageWith(to, "unheard"));
  await owner.execute("alter table messages enable trigger messages_wake");
  await signal("checkNow");
  await sending.waitUntilSent(to);
  const query = "select sent_at as at from messages where telegram_id = ? order by id desc limit 2";
  const sent = await owner.execute<{ at: string }[]>(query, [to]);
  const [last, before] = sent.map(({ at }) => Date.parse(at));
  return last! - before!;
}

test("asked to look it looks at once", async () => {
  const eve = await sending.meet();
  await startProcess();
  // Without the signal it polls five seconds after it has sent:
  // a busy machine is sometimes as late as that.
  await eventually(async () => expect(await measureAskedMs(eve.id)).toBeLessThan(2_500));
});

test("its history stays below a thousand events, however often it is signalled, and it stays paused", async () => {
  const eve = await sending.meet();
  await startProcess();
  const current = () => temporal.client.workflow.getHandle(workflowIds.messages);
  const begun = await floodUntilRenewed(current(), async (round) => {
    await Promise.all(Array.from({ length: 30 }, () => current().signal("checkNow")));
    await sending.write(messageWith(eve.id, `w${round}`));
    await sending.waitUntilSent(eve.id);
  });
  const { historyLength } = await temporal.client.workflow
    .getHandle(workflowIds.messages, begun)
    .describe();
  expect(historyLength).toBeLessThan(1_100);
  await current().signal("pause");
  await Promise.all(Array.from({ length: 950 }, () => current().signal("checkNow")));
  await waitUntilPaused();
  const other = await sending.meet();
  await sending.write(messageWith(other.id, "paused"));
  await delay(300);
  expect(await sending.states(other.id)).toEqual(["waiting"]);
  await current().signal("resume");
  await sending.waitUntilSent(other.id);
});
