import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { dayMs } from "../../domain/time.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { peersOf, stateOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { FailingHost } from "../drivers/failing-host.ts";
import { planFor } from "../drivers/orders.ts";
import type { Person } from "../drivers/person.ts";
import { shopPlans } from "../drivers/test-app-plans.ts";
import { memorySettings, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const settings = memorySettings("10.77.0.0/20");
const real = new MemoryVpnHost(settings);
const dead = new FailingHost(real);
const gb = 2 ** 30;
const small = { ...planFor("small", { RUB: 10_000 }), trafficLimitBytes: 5 * gb, order: 2 };
const app = useTestApp({ secondHost: { settings, host: dead }, plans: [...shopPlans, small] });

/** The promised time, with a reserve for a busy machine. */
const soonMs = 2_000;

const onLiving = (person: Person) => peersOf(app, person);
const onDead = (person: Person) => peersOf(app, person, real);

/** Adds a customer with two devices, one on each host, and lets the second host die. */
async function addCustomerOnBoth(): Promise<Person> {
  const bob = await app.customer();
  await bob.send("/devices");
  await bob.pressButton(/^device-add$/u);
  await eventually(async () => {
    expect(await onLiving(bob)).toHaveLength(1);
    expect(await onDead(bob)).toHaveLength(1);
  });
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
  dead.behaviour = "away";
  return bob;
}

/**
 * Measures, in milliseconds, how long it takes until the living host has this many
 * of the person's peers.
 */
async function measureUntilLivingHas(person: Person, peers: number): Promise<number> {
  const began = performance.now();
  await eventually(async () => expect(await onLiving(person)).toHaveLength(peers), 20_000, 10);
  return performance.now() - began;
}

async function performAct(admin: Person, { id }: Person, act: "block" | "unblock" | "revoke") {
  await admin.send(`/find ${id}`);
  const { messageId } = await admin.button(new RegExp(`^(?:sure-block|sure-unblock):${id}$`, "u"));
  await admin.forgePress(messageId, `act:${act}:${id}`);
}

beforeEach(async () => {
  dead.behaviour = "well";
  await eventually(async () => {
    expect(await app.rows("select 1 from hosts where away_since is not null")).toEqual([]);
  });
});

test("a renewal after the end lets in on the living host at once and says so, on the other one when it is back", async () => {
  const bob = await addCustomerOnBoth();
  const subscription = await app.subscriptionOf(bob);
  await app.pass(subscription, 4 * dayMs);
  await bob.waitForMessage(/access has ended/u);
  expect(await measureUntilLivingHas(bob, 0)).toBeLessThan(soonMs);
  expect(await stateOf(app, bob)).toBe("expired");
  expect(await onDead(bob)).toHaveLength(1);

  const customer = new TestCustomer(app, bob);
  const order = await customer.order();
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await measureUntilLivingHas(bob, 1)).toBeLessThan(soonMs);
  expect(await stateOf(app, bob)).toBe("active");
  await bob.waitForMessage(/Paid\. Your access/u);
  expect(await customer.listGrants(order.id)).toHaveLength(1);

  await real.remove(await onDead(bob));
  dead.behaviour = "well";
  await eventually(async () => expect(await onDead(bob)).toHaveLength(1));
  expect(await bob.listKeys()).toHaveLength(2);
});

test("a device that waits for a dead host keeps neither the end of time nor a block from the other hosts", async () => {
  const bob = await addCustomerOnBoth();
  await bob.send("/devices");
  await bob.pressButton(/^device-add$/u);
  await eventually(async () => {
    const devices = await app
      .query()
      .selectFrom("devices as d")
      .innerJoin("subscriptions as s", "s.id", "d.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select("d.id")
      .where("c.telegramId", "=", bob.id)
      .execute();
    expect(devices).toHaveLength(3);
  });
  await app.pass(await app.subscriptionOf(bob), 4 * dayMs);
  await bob.waitForMessage(/access has ended/u);
  expect(await measureUntilLivingHas(bob, 0)).toBeLessThan(soonMs);
  expect(await stateOf(app, bob)).toBe("expired");
  dead.behaviour = "well";
  await eventually(async () => expect(await onDead(bob)).toEqual([]));
});

test("a block reaches the books and the living host at once; the admin reads which host is away, and done when it is back", async () => {
  const admin = await app.admin();
  const bob = await addCustomerOnBoth();
  await performAct(admin, bob, "block");
  await eventually(async () => expect(await stateOf(app, bob)).toBe("blocked"));
  expect(await measureUntilLivingHas(bob, 0)).toBeLessThan(soonMs);
  const received = (await admin.chat()).length;
  await admin.waitForMessage(/^⏳ .*is blocked.*servers are not responding: .*two/u);
  expect(await onDead(bob)).toHaveLength(1);
  expect(await listDoneSince(admin, received - 1)).toEqual([]);
  dead.behaviour = "well";
  await eventually(async () => expect(await onDead(bob)).toEqual([]));
  await app.pass(await findAct(bob), 20_000);
  await eventually(async () => expect(await listDoneSince(admin, received - 1)).toHaveLength(1));

  // And back again, at once, when all hosts answer.
  const before = (await admin.chat()).length;
  await performAct(admin, bob, "unblock");
  expect(await measureUntilLivingHas(bob, 1)).toBeLessThan(soonMs);
  await eventually(async () => expect(await onDead(bob)).toHaveLength(1));
  await eventually(async () => expect(await listDoneSince(admin, before)).toHaveLength(1));
  expect(
    (await admin.listTexts()).filter((words) => words.includes("servers are not responding")),
  ).toHaveLength(1);
});

test("a revocation reaches the books and the living host at once, and its calendar ends", async () => {
  const admin = await app.admin();
  const bob = await addCustomerOnBoth();
  const subscription = await app.subscriptionOf(bob);
  await performAct(admin, bob, "revoke");
  expect(await measureUntilLivingHas(bob, 0)).toBeLessThan(soonMs);
  expect(await stateOf(app, bob)).toBe("revoked");
  await bob.waitForMessage(/Your access has been closed/u);
  expect(await app.client.workflow.getHandle(subscription).result()).toBe("revoked");
  dead.behaviour = "well";
  await eventually(async () => expect(await onDead(bob)).toEqual([]));
});

test("traffic that is used up takes the living host's peer off while the other host is dead, and the other one's when it is back", async () => {
  const bob = await addCustomerOnBoth();
  const customer = new TestCustomer(app, bob);
  const order = await customer.order({ plan: "small" });
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  const [mine] = await onLiving(bob);
  app.host.carry(mine!, 0, 5 * gb);
  await eventually(async () => expect(await onLiving(bob)).toEqual([]));
  expect(await stateOf(app, bob)).toBe("exhausted");
  await bob.waitForMessage(/traffic is used up/u);
  expect(await onDead(bob)).toHaveLength(1);
  dead.behaviour = "well";
  await eventually(async () => expect(await onDead(bob)).toEqual([]));
});

test("a device that is removed is off the living host while the other one is dead", async () => {
  const bob = await addCustomerOnBoth();
  const [mine] = await onLiving(bob);
  const accesses = app.query().selectFrom("accesses").select("deviceId");
  const [row] = await accesses.where("identity", "=", mine!).execute();
  const calendar = app.client.workflow.getHandle(await app.subscriptionOf(bob));
  const request = { requestId: `gone-${bob.id}`, kind: "revoke", deviceId: row!.deviceId };
  await calendar.signal("deviceRequested", request);
  await bob.waitForMessage(/is removed/u);
  expect(await measureUntilLivingHas(bob, 0)).toBeLessThan(soonMs);
  await delay(300);
  expect(await stateOf(app, bob)).toBe("active");
});

/** The admin's messages about acts that are done, after this many messages of the chat. */
async function listDoneSince(admin: Person, messages: number): Promise<string[]> {
  const words = (await admin.chat()).slice(messages).map(({ text = "" }) => text);
  return words.filter((text) => /^✅ .*(?:is (?:un)?blocked|has no access)/u.test(text));
}

/** The workflow id of the last act on a person. */
async function findAct({ id }: Person): Promise<string> {
  const [row] = await app
    .query()
    .selectFrom("audit_log as a")
    .innerJoin("customers as c", "c.id", "a.customerId")
    .select("a.requestId")
    .where("c.telegramId", "=", id)
    .where("a.act", "in", ["block", "unblock", "revoke"])
    .orderBy("a.at", "desc")
    .limit(1)
    .execute();
  return `admin-act:${row?.requestId}`;
}
