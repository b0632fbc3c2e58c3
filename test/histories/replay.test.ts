import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { expect, inject, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { answerCustomer, closeTicket, writeToSupport } from "../../client/messaging.ts";
import { telegramId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { rejectSignup } from "../bot/people.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { recordChannels } from "./channels.ts";
import { recordHosts } from "./hosts.ts";
import { recordLinks } from "./links.ts";
import { approvalAboveMinor, recordMoney } from "./money.ts";
import { recordRenewals } from "./renewals.ts";

const folder = import.meta.dirname;
const released = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => join(name, file)))
  .filter((path) => path.endsWith(".json"));

/** `RECORD_HISTORIES=0.3.0 npm test -- test/histories` adds the histories of a new release. */
const recording = process.env["RECORD_HISTORIES"];

test.skipIf(recording !== undefined)("histories of every released workflow are there", () => {
  const exported = readFileSync("workflows/index.ts", "utf8").matchAll(/\{ ([\w, ]+) \}/gu);
  const workflows = Array.from(exported, ([, names]) => names!.split(", ")).flat();
  const recorded = new Set(released.map((path) => path.replace(/^.*\//u, "").split(".")[0]));
  expect(workflows.filter((name) => !recorded.has(name))).toEqual([]);
});

test.skipIf(recording !== undefined).each(released)("%s replays on today's code", async (path) => {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR") });
  } catch {
    // One per process: it is installed already.
  }
  const history: unknown = JSON.parse(readFileSync(join(folder, path), "utf8"));
  expect(historyFromJSON(history).events?.length).toBeGreaterThan(3);
  const workflowBundle = { codePath: inject("temporal").codePath };
  const histories = [{ workflowId: path, history: history as never }];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    expect(error).toBeUndefined();
  }
});

/** A trial that ends within the test: these histories are made in real time. */
const trialMs = 40_000;
const app = useTestApp({
  policy: { trialDays: trialMs / dayMs },
  refundLimits: { RUB: approvalAboveMinor },
  gatewayPolling: {},
});

async function keep(workflowId: string, name: string): Promise<void> {
  const history = await app.client.workflow.getHandle(workflowId).fetchHistory();
  const to = join(folder, recording!);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, `${name}.json`), `${historyToJSON(history)}\n`);
}

/** The id of the newest workflow of this type. */
async function findNewest(type: string): Promise<string> {
  return eventually(async () => {
    const query = `WorkflowType = "${type}" AND ExecutionStatus = "Completed"`;
    for await (const { workflowId } of app.client.workflow.list({ query })) return workflowId;
    throw new Error(`no ${type} yet`);
  });
}

async function useEverything(person: Person, admin: Person): Promise<void> {
  await person.send("/devices");
  await person.pressButton(/^device-add$/u);
  await eventually(async () => expect(await person.listKeys()).toHaveLength(2));
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-reissue:/u);
  await person.pressButton(/^device-reissue:/u);
  await eventually(async () => expect(await person.listKeys()).toHaveLength(3));
  await person.send("/language");
  await person.pressButton(/^language:ru$/u);
  await person.waitForMessage(/говорит по-русски/u);
  await person.become({ username: "renamed_since" });
  await person.send("/help");
  await eventually(() => person.waitForMessage(/Доступ закончился/u), 2 * trialMs);
  await admin.send(`/extend ${person.id} 30`);
  await person.waitForMessage(/Доступ теперь открыт/u);
  for (const act of ["block", "unblock"]) {
    await admin.send(`/find ${person.id}`);
    await admin.pressButton(new RegExp(`^sure-${act}:${person.id}$`, "u"));
    await admin.pressButton(new RegExp(`^act:${act}:${person.id}$`, "u"));
    await admin.waitForMessage(new RegExp(`✅ .* is ${act}ed`, "u"));
  }
  await person.waitForMessage(/Доступ снова/u);
}

async function changeTheShop(admin: Person): Promise<void> {
  await admin.send("/admin");
  for (const data of [
    "settings$",
    "settings:notices",
    "setting:summary-hour",
    "setting-set:summary-hour:18:",
  ]) {
    await admin.pressButton(new RegExp(`^${data}`, "u"));
  }
  await admin.waitForMessage(/Daily summary: 18:00/u);
}

const record = async () => {
  await recordRenewals(app, keep);
  const admin = await app.admin();
  const person = await app.customer();
  await useEverything(person, admin);
  await keep(`signup:${person.id}`, "signup.approved");
  await keep(`approval:signup:${person.id}`, "approval.approved");
  await keep(await app.subscriptionOf(person), "subscription.life");
  await keep(await findNewest("adminAct"), "adminAct");
  await keep(await findNewest("languageChange"), "languageChange");
  await changeTheShop(admin);
  await keep(await findNewest("shopChange"), "shopChange");
  await keep(`profile-change:${person.id}`, "profileChange");

  const rejected = app.person();
  await rejected.send("/start");
  await rejected.answerCaptcha(false);
  await rejected.answerCaptcha(true, 2);
  await rejectSignup(admin, rejected);
  await rejected.waitForMessage(/declined/u);
  await app.client.workflow.getHandle(`signup:${rejected.id}`).result();
  await keep(`signup:${rejected.id}`, "signup.rejected");
  await keep(`approval:signup:${rejected.id}`, "approval.rejected");

  await recordTicket(person);
  await recordChannels(app, keep);
  await recordLinks(app, keep);
  await recordMoney(app, keep);
  await recordHosts(app, keep);
  await recordReconcilers();
};

/** A question to support, its answer, and the closing. */
async function recordTicket(person: Person): Promise<void> {
  const client = new DurableClient(app.client);
  const of = telegramId(person.id);
  const by = telegramId(adminId);
  await writeToSupport(client, of, { requestId: "question", words: { text: "help" } });
  await eventually(async () => {
    expect(await app.rows("select 1 from ticket_messages")).toHaveLength(1);
  });
  await answerCustomer(client, of, { requestId: "answer", words: { text: "done" }, by });
  await person.waitForMessage(/done$/u);
  await closeTicket(client, of, { requestId: "close", by });
  await app.client.workflow.getHandle(workflowIds.ticket(of)).result();
  await keep(workflowIds.ticket(of), "ticket");
}

/**
 * Records the histories of workflows that never end, so far; those that can be paused are paused.
 */
async function recordReconcilers(): Promise<void> {
  const { messages, audit, summary, gateway, host } = workflowIds;
  const reading = gateway(app.memory.capabilities.name);
  for (const workflowId of [messages, reading]) {
    const handle = app.client.workflow.getHandle(workflowId);
    for (const signal of ["checkNow", "pause", "resume"]) await handle.signal(signal);
  }
  for (const workflowId of [audit, summary]) {
    await app.client.workflow.getHandle(workflowId).signal("checkNow");
  }
  for (const workflowId of [messages, reading, audit, summary]) {
    await eventually(async () => {
      const { raw } = await app.client.workflow.getHandle(workflowId).describe();
      if (raw.pendingWorkflowTask != null) throw new Error(`${workflowId} has not taken it yet`);
    });
  }
  await keep(messages, "messages");
  await keep(reading, "gateway");
  await keep(audit, "audit");
  await keep(summary, "summary");
  await keep(host(app.hostId), "host");
}

if (recording !== undefined) test("record", record, 600_000);

test("no payload of any workflow holds a key", async () => {
  const person = await app.customer();
  const [conf = ""] = await person.listKeys();
  const secrets = Array.from(
    conf.matchAll(/^(?:PrivateKey|PresharedKey) = (\S+)$/gmu),
    ([, key]) => key!,
  );
  expect(secrets).toHaveLength(2);
  const subscription = await app.subscriptionOf(person);
  for (const id of [`signup:${person.id}`, `approval:signup:${person.id}`, subscription]) {
    const history = historyToJSON(await app.client.workflow.getHandle(id).fetchHistory());
    const payloads = Array.from(history.matchAll(/"data":"([^"]*)"/gu), ([, data]) => {
      return Buffer.from(data!, "base64").toString("utf8");
    });
    for (const secret of secrets) expect(payloads.join("\n")).not.toContain(secret);
  }
});
