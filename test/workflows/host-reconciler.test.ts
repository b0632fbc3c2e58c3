import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createHostActivities } from "../../activities/access/host.ts";
import { createApprovalActivities } from "../../activities/people/approval.ts";
import { approvalText } from "../../activities/messaging/approvals.ts";
import { findApprovalFacts } from "../../db/messaging/message-facts.ts";
import { listen } from "../../db/notifications.ts";
import { Approvals } from "../../db/people/approvals.ts";
import { Customers } from "../../db/people/customers.ts";
import type { ApprovalId, HostId, TelegramId } from "../../domain/ids.ts";
import { languages } from "../../domain/people/customer.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { hostReconcilerOf } from "../../workflows/contract/access.ts";
import {
  reconcilerTaskQueue,
  signals,
  taskQueue,
  workflowIds,
} from "../../workflows/contract/names.ts";
import type { host as hostWorkflow } from "../../workflows/index.ts";
import { AccessBooks } from "../drivers/access-books.ts";
import { useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { floodUntilRenewed } from "../drivers/renewal.ts";
import { memoryHostSettings } from "../gateways/hosts/host-settings.ts";

const db = useDatabase();
const settings = memoryHostSettings();
const host = new MemoryVpnHost(settings);
const endLoops = new AbortController();
let books: AccessBooks;
let client: Client;
let id: HostId;
let admin: TelegramId;
let workers: Worker[] = [];
let runs: Promise<unknown>[] = [];
let connection: NativeConnection;

beforeAll(async () => {
  const { address, codePath } = inject("temporal");
  const made = await createNamespace(address);
  const { namespace } = made;
  books = new AccessBooks(db);
  [id] = (await books.hosts({ name: "one", capacity: 50, weight: 1, settings })) as [HostId];
  ({ client } = made);
  connection = await NativeConnection.connect({ address });
  const activities = createHostActivities({
    em: db.writer.em,
    vault: books.vault,
    hosts: { get: async () => host, forget: () => undefined },
    listen: () => listen(db.writerUrl, ["hosts"]),
    now: () => new Date(),
    endLoops: endLoops.signal,
  });
  admin = await books.person();
  await new Customers(db.writer.em).setStaff({ admin: [admin] });
  const approvals = createApprovalActivities({ approvals: new Approvals(db.writer.em) });
  const all = { ...activities, ...approvals };
  const common = { connection, namespace, activities: all, shutdownGraceTime: "1s" } as const;
  workers = [
    await Worker.create({ ...common, taskQueue, workflowBundle: { codePath } }),
    await Worker.create({ ...common, taskQueue: reconcilerTaskQueue }),
  ];
  runs = workers.map((worker) => worker.run());
  await client.workflow.start<typeof hostWorkflow>("host", hostReconcilerOf({ id, name: "one" }));
});

afterAll(async () => {
  endLoops.abort();
  for (const worker of workers) worker.shutdown();
  await Promise.allSettled(runs);
  await connection?.close();
  await client?.connection.close();
});

const run = () => client.workflow.getHandle(workflowIds.host(id));
const peers = async () => (await host.list()).peers.map(({ identity }) => identity);
const attribute = async (name: string) => (await run().describe()).searchAttributes[name]?.[0];

test("a device is on its host within a moment, without an event of the reconciler's history", async () => {
  const before = await eventually(async () => {
    const { raw, historyLength } = await run().describe();
    expect(raw.pendingActivities).toHaveLength(1);
    return historyLength;
  });
  for (let count = 0; count < 3; count++) {
    const { id: device } = await books.add(await books.subscriber());
    const { identity } = await books.accessOf(device);
    await eventually(async () => expect(await peers()).toContain(identity));
  }
  expect((await run().describe()).historyLength).toBe(before);
  expect(await attribute("Stage")).toBe("following");
  expect(await attribute("NeedsHuman")).toBe(false);
});

test("admins are asked about an unknown peer, and their approval removes it", async () => {
  host.put("nobody's", { addresses: ["10.8.0.200"], presharedHash: undefined });
  await run().signal(signals.checkNow);
  await eventually(async () => expect(await attribute("NeedsHuman")).toBe(true));
  const [{ batch, ask } = { batch: "", ask: "" }] = await eventually(async () => {
    const rows = await books.queries
      .selectFrom("unknown_peers as u")
      .innerJoin("approvals as a", (join) => join.on("a.kind", "=", "unknownPeers"))
      .select(["u.batch", "u.state", "a.ask"])
      .execute();
    expect(rows).toMatchObject([{ state: "asked" }]);
    return rows;
  });
  const approvalId = `host:${batch.replaceAll("-", "")}`;
  const approval = client.workflow.getHandle(workflowIds.approval(approvalId as ApprovalId));
  await approval.signal(signals.decided, { ask, decision: "approve", by: admin });
  await eventually(async () => expect(await peers()).not.toContain("nobody's"));
  expect((await approval.describe()).type).toBe("approval");
});

test("paused it does nothing, and resumed it does what has come up", async () => {
  await run().signal(signals.pause);
  await eventually(async () => expect(await attribute("Stage")).toBe("paused"));
  const { id: device } = await books.add(await books.subscriber());
  const { identity } = await books.accessOf(device);
  expect(await peers()).not.toContain(identity);
  await run().signal(signals.resume);
  await eventually(async () => expect(await peers()).toContain(identity));
});

test("admins who are asked about many removals read whose they are, twenty of them by name", async () => {
  const keys = await Promise.all(
    Array.from({ length: 23 }, async () => {
      const { id: device } = await books.add(await books.subscriber());
      return books.accessOf(device);
    }),
  );
  await eventually(async () => {
    const there = await peers();
    for (const { identity } of keys) expect(there).toContain(identity);
  });
  await run().signal(signals.pause);
  await eventually(async () => expect(await attribute("Stage")).toBe("paused"));
  // A host that was restored from an old backup: it has what the books have ended long ago.
  const identities = keys.map(({ identity }) => identity).toSorted();
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() - 1_000) })
    .where(
      "id",
      "in",
      keys.map(({ subscriptionId }) => subscriptionId),
    )
    .execute();
  await books.queries
    .updateTable("accesses")
    .set({ onHost: false, putBegun: false })
    .where("identity", "in", identities)
    .execute();
  await run().signal(signals.resume);
  const { approvalId, ask } = await eventually(() =>
    books.queries
      .selectFrom("approvals")
      .select(["approvalId", "ask"])
      .where("kind", "=", "removals")
      .executeTakeFirstOrThrow(),
  );
  const question = { approvalId: approvalId as ApprovalId, ask };
  const facts = (await findApprovalFacts(books.queries, question))!;
  expect(facts.subject).toMatchObject({ count: 23, some: identities.slice(0, 20) });
  for (const language of languages) {
    const { html } = approvalText(question, facts, { language, zone: "UTC" });
    expect(html.match(/^• \u2068P\u2069: \u2068phone\u2069$/gmu)).toHaveLength(20);
    expect(html).toMatch(/^(?:and 3 more|и ещё 3)$/mu);
  }
  // Nothing was removed without an answer.
  expect(await peers()).toEqual(expect.arrayContaining(identities));
  const approval = client.workflow.getHandle(workflowIds.approval(question.approvalId));
  await approval.signal(signals.decided, { ask, decision: "approve", by: admin });
  await eventually(async () => {
    const there = await peers();
    expect(identities.filter((identity) => there.includes(identity))).toEqual([]);
  });
});

test("it continues as a new run before its history is long, and gets the signals that arrive meanwhile", async () => {
  await floodUntilRenewed(run(), async () => {
    for (let round = 0; round < 14; round++) {
      await Promise.all(Array.from({ length: 10 }, () => run().signal(signals.checkNow)));
    }
  });
  const { id: device } = await books.add(await books.subscriber(), undefined, randomUUID());
  const { identity } = await books.accessOf(device);
  await eventually(async () => expect(await peers()).toContain(identity));
  expect((await run().describe()).status.name).toBe("RUNNING");
});
