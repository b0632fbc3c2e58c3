import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { AdminQueries } from "../../db/queries/admin.ts";
import { countBusiness } from "../../db/queries/counts.ts";
import { CustomerQueries } from "../../db/queries/customers.ts";
import { DeviceQueries } from "../../db/queries/devices.ts";
import { PaymentTimelines } from "../../db/queries/payment-timelines.ts";
import { PaymentQueries } from "../../db/queries/payments.ts";
import { PlanQueries } from "../../db/queries/plans.ts";
import { UnmatchedQueries } from "../../db/queries/unmatched.ts";
import { ReadCache } from "../../db/read-cache.ts";
import { Refunds } from "../../db/refunds.ts";
import { Unmatched } from "../../db/unmatched.ts";
import { paymentOfNobody } from "../../domain/derived-ids.ts";
import { money } from "../../domain/money.ts";
import type { GatewayName, PaymentId, PaymentOrder } from "../../domain/payment.ts";
import { dayMs, type Instant, instant, msBetween } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { BookShop } from "../support/shop.ts";

const db = useDatabase();
let shop: BookShop;

beforeAll(async () => {
  shop = new BookShop(db.writer.em);
  await shop.open();
});

const now = () => instant(new Date());
const asOwner = (statement: string, values: unknown[] = []) =>
  db.owner.em.fork().execute<{ id: string }[]>(statement, values);

/** A paid order of a customer of its own. */
async function paidOrder(at: Instant = now()): Promise<PaymentOrder> {
  const order = await shop.order();
  const reference = `c-${order.id}`;
  const report = { kind: "paid", reference, paid: order.price, at } as const;
  await shop.decide(order, report, { now: new Date(at) });
  return order;
}

interface Keys {
  readonly host?: string;
  readonly address?: string;
  readonly retired?: boolean;
}

async function addHost(): Promise<string> {
  const id = randomUUID();
  await asOwner(
    `insert into hosts (id, name, kind, network, server_address, capacity, weight, state, settings_encrypted)
     values (?, ?, 'memory', '10.9.0.0/24', '10.9.0.1', 10, 1, 'open', 'sealed')`,
    [id, `host ${id}`],
  );
  return id;
}

async function addDevice({ subscriptionId }: PaymentOrder, name: string): Promise<string> {
  const id = randomUUID();
  const device = [id, subscriptionId, name];
  await asOwner("insert into devices (id, subscription_id, name) values (?, ?, ?)", device);
  return id;
}

/** A key of a device with what it has moved: up and down the same. */
async function addKey(order: PaymentOrder, device: string, bytes: number, keys: Keys = {}) {
  const identity = randomUUID();
  await asOwner(
    `insert into accesses (id, device_id, subscription_id, host_id, identity, address, secrets_encrypted,
       preshared_hash, request_id, retired_at)
     values (?, ?, ?, ?, ?, ?, 'sealed', 'hash', ?, ${keys.retired ? "now()" : "null"})`,
    [randomUUID(), device, order.subscriptionId, keys.host ?? null, identity, keys.address ?? null, identity],
  );
  await asOwner(
    `insert into traffic_counters (identity, device_id, epoch, uploaded_raw, downloaded_raw, uploaded, downloaded,
       last_handshake_at, updated_at) values (?, ?, 'e', 0, 0, ?, ?, now(), now())`,
    [identity, device, bytes, bytes],
  );
}

test("a device has moved what all of its keys have, and shows where its present one is", async () => {
  const order = await paidOrder();
  const host = await addHost();
  const device = await addDevice(order, "phone");
  await addKey(order, device, 5, { host, address: "10.9.0.2", retired: true });
  await addKey(order, device, 7, { host, address: "10.9.0.3" });
  const today = now().slice(0, 10);
  await asOwner("insert into traffic_daily values (?, ?, 3, 4)", [device, today]);
  const [shown, ...others] = await new DeviceQueries(db.reader.em).of(order.subscriptionId, now());
  expect(others).toEqual([]);
  expect(shown).toMatchObject({
    id: device,
    name: "phone",
    place: { host: `host ${host}`, address: "10.9.0.3" },
    ...{ uploaded: 12, downloaded: 12, uploadedToday: 3, downloadedToday: 4 },
  });
  expect(Math.abs(msBetween(now(), shown!.lastHandshakeAt!))).toBeLessThan(60_000);
});

test("a device that waits for a host is shown without a place, one that was removed is not shown", async () => {
  const order = await paidOrder();
  await addKey(order, await addDevice(order, "waits"), 0);
  const removed = await addDevice(order, "removed");
  await asOwner("update devices set revoked_at = now() where id = ?", [removed]);
  const shown = await new DeviceQueries(db.reader.em).of(order.subscriptionId, now());
  expect(shown.map(({ name, place }) => ({ name, place }))).toEqual([
    { name: "waits", place: undefined },
  ]);
});

test("a payment's timeline shows charges, refunds, events, decisions, time and ledger", async () => {
  const order = await paidOrder();
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  const requestId = randomUUID();
  const amount = money(10_000, "RUB");
  const reference = `c-${order.id}`;
  const command = { requestId, paymentId: order.id, amount, reason: "slow" };
  await new Refunds(db.writer.em).openOnce(command, rules);
  const timeline = await new PaymentTimelines(db.reader.em).of(order.id);
  expect(timeline.charges).toMatchObject([
    { reference, paid: order.price, returned: money(0, "RUB"), use: "grant" },
  ]);
  expect(timeline.refunds).toMatchObject([
    { requestId, amount, state: "approved", reason: "slow", by: undefined, closedAt: undefined },
  ]);
  expect(timeline.events).toMatchObject([
    { source: "gateway", report: { kind: "paid", reference }, headers: {} },
  ]);
  expect(timeline.decisions).toMatchObject([{ effects: [{ kind: "granted", reference }] }]);
  expect(timeline.ledger).toMatchObject([
    { fact: `memory/${reference}/paid`, entries: [{ account: "gateway:memory" }, { account: "revenue" }] },
  ]);
  // A third of the price is on its way back, and with it a third of the thirty days.
  expect(timeline.lots.map(({ days }) => Math.round(days * 100) / 100)).toEqual([30, -10]);
  const left = msBetween(now(), timeline.lots[1]!.until) / dayMs;
  expect(left).toBeCloseTo(20, 2);
});

test("a refund of time that is used up already is shown to take nothing", async () => {
  const order = await paidOrder(instant(Date.now() - 40 * dayMs));
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  const command = { requestId: randomUUID(), paymentId: order.id, reason: "late" };
  await new Refunds(db.writer.em).openOnce(command, rules);
  const { lots } = await new PaymentTimelines(db.reader.em).of(order.id);
  expect(lots.map(({ days }) => days)).toEqual([30, 0]);
});

test("a payment is found by its id, the beginning of it, its memo, its invoice and its charge", async () => {
  const order = await paidOrder();
  const invoice = `invoice-${order.id}`;
  await asOwner("update payments set invoice_reference = ? where id = ?", [invoice, order.id]);
  const payments = new PaymentQueries(db.reader.em);
  const names = [order.id, order.id.slice(0, 8), order.memo, invoice, `c-${order.id}`];
  for (const name of names) {
    const found = await payments.matching(name);
    expect({ name, ids: found.map(({ id }) => id) }).toEqual({ name, ids: [order.id] });
  }
  expect(await payments.matching("nothing of the kind")).toEqual([]);
  const [summary] = await payments.of([order.telegramId]);
  expect(summary).toMatchObject({
    id: order.id,
    customer: { telegramId: order.telegramId, name: "P" },
    ...{ price: order.price, terms: order.terms, state: "settled", invoiceReference: invoice },
    planNames: { en: "month" },
  });
  expect(await payments.find(order.id)).toEqual(summary);
  expect(await payments.of([])).toEqual([]);
});

test("a request for a refund is known once it is in the books", async () => {
  const order = await paidOrder();
  const payments = new PaymentQueries(db.reader.em);
  const requestId = randomUUID();
  expect(await payments.isRefundKnown(requestId)).toBe(false);
  const rules = { gateways: async () => "whole" as const, limits: {}, now: now() };
  const command = { requestId, paymentId: order.id, reason: "asked" };
  await new Refunds(db.writer.em).openOnce(command, rules);
  expect(await payments.isRefundKnown(requestId)).toBe(true);
});

test("unmatched money waits until an admin decides, less what its gateway has sent back", async () => {
  const gateway = "memory" as GatewayName;
  const reference = randomUUID();
  const id = paymentOfNobody(gateway, reference);
  const event = (report: object) =>
    ({ gateway, evidence: JSON.stringify(report), source: "gateway", report }) as never;
  const paid = { kind: "paid", reference, paid: money(500, "RUB"), at: now() };
  const back = { kind: "refunded", reference, returned: money(200, "RUB") };
  await new Unmatched(db.writer.em).keepAll(id, [event(paid), event(back)]);
  const queries = new UnmatchedQueries(db.reader.em);
  const [charge] = (await queries.open()).filter((one) => one.reference === reference);
  expect(charge).toMatchObject({ gateway, paymentId: id, amount: money(300, "RUB"), mayReturn: true });
  expect(await queries.find(charge!.key)).toEqual(charge);
  expect((await queries.numbers(now())).unmatched).toBe((await queries.open(100)).length);
  await asOwner("update unmatched set state = 'ignored' where reference = ?", [reference]);
  expect(await queries.find(charge!.key)).toBeUndefined();
});

test("today's money is what came from outside today", async () => {
  const queries = new UnmatchedQueries(db.reader.em);
  const paidToday = async () =>
    (await queries.numbers(now())).paid.find(({ currency }) => currency === "RUB")?.minor ?? 0;
  const before = await paidToday();
  await paidOrder();
  await paidOrder(instant(Date.now() - 2 * dayMs));
  expect(await paidToday()).toBe(before + 30_000);
});

test("what a customer has is the plan, its end and all of its time, and the state is the clock's", async () => {
  const order = await paidOrder();
  const plans = new PlanQueries(db.reader.em);
  const current = await plans.currentOf(order.telegramId, now());
  expect(current).toMatchObject({
    ...{ code: "month", state: "active", plan: { code: "month", version: 1 } },
    time: [{ kind: "payment", cause: `payment/${order.id}`, ms: 30 * dayMs, price: order.price }],
  });
  const later = instant(Date.now() + 31 * dayMs);
  expect(await plans.currentOf(order.telegramId, later)).toMatchObject({ state: "expired" });
  await asOwner("update subscriptions set grace_ms = ? where id = ?", [2 * dayMs, order.subscriptionId]);
  expect(await plans.currentOf(order.telegramId, later)).toMatchObject({ state: "grace" });
  const used = "update subscriptions set traffic_limit_bytes = 5, moved_bytes = 5 where id = ?";
  await asOwner(used, [order.subscriptionId]);
  expect(await plans.currentOf(order.telegramId, now())).toMatchObject({ state: "exhausted" });
  expect((await plans.offered()).map(({ code }) => code)).toEqual(["family", "month"]);
  expect(await plans.paymentMethods()).toMatchObject([
    { gateway: "memory", currency: "RUB" },
    { currency: "XTR" },
    { currency: "USDT" },
  ]);
  expect(await plans.balances(order.customerId)).toEqual([]);
});

test("customers are found by number, @username and a part of the name", async () => {
  const order = await paidOrder();
  const person = `n${randomUUID().slice(0, 8)}`;
  const names = "update customers set username = ?, first_name = ?, last_name = 'Ö' where id = ?";
  await asOwner(names, [person, `Ann ${person}`, order.customerId]);
  const customers = new CustomerQueries(db.reader.em, new ReadCache(undefined));
  const found = [{ telegramId: order.telegramId, name: `Ann ${person} Ö` }];
  const ways = [String(order.telegramId), `@${person.toUpperCase()}`, `nn ${person} ö`];
  for (const way of ways) expect({ way, found: await customers.search(way) }).toEqual({ way, found });
  expect(await customers.find(order.telegramId)).toMatchObject({ username: person });
  expect(await customers.subscriptionOf(order.telegramId)).toMatchObject({
    ...{ id: order.subscriptionId, deviceLimit: 3 },
  });
});

test("of a plan's traffic that is used which was moved since it began; without a limit nothing is said", async () => {
  const order = await paidOrder();
  const customers = new CustomerQueries(db.reader.em, new ReadCache(undefined));
  expect(await customers.trafficOf(order.subscriptionId)).toBeUndefined();
  const limited = `update subscriptions set traffic_limit_bytes = 100, traffic_base_bytes = 30, moved_bytes = 45
                    where id = ?`;
  await asOwner(limited, [order.subscriptionId]);
  expect(await customers.trafficOf(order.subscriptionId)).toEqual({ limitBytes: 100, usedBytes: 15 });
});

test("a customer's timeline has requests, time, devices and admins' acts, the newest first", async () => {
  const order = await paidOrder();
  const admin = new AdminQueries(db.reader.em);
  const waits = `signup:${order.telegramId}`;
  await asOwner(
    `insert into approvals (approval_id, ask, kind, customer_id, subject, state, asked_at)
     values (?, 'a', 'signup', ?, '{}', 'open', now())`,
    [waits, order.customerId],
  );
  const [open] = (await admin.openRequests(100)).filter(({ approvalId }) => approvalId === waits);
  expect(open).toMatchObject({ ask: "a", kind: "signup", telegramId: order.telegramId, name: "P" });
  await asOwner("update approvals set state = 'approved', decided_at = now(), decided_by = 1001");
  const device = await addDevice(order, "phone");
  await asOwner("update devices set revoked_at = now() where id = ?", [device]);
  await asOwner(
    `insert into audit_log (request_id, actor, act, customer_id, before, after)
     values (?, 1001, 'extend', ?, '{}', '{"addedDays": 7}')`,
    [randomUUID(), order.customerId],
  );
  const timeline = await admin.timeline(order.telegramId);
  const kinds = timeline.map(({ kind, detail, by }) => [kind, detail, by].join());
  expect(kinds.toSorted()).toEqual(
    [
      ...["approved,,P", "asked,,", "deviceAdded,phone,", "deviceRevoked,phone,", "extend,7,P"],
      ...["joined,,", "payment,30,"],
    ].toSorted(),
  );
  const moments = timeline.map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted().toReversed());
  expect(await admin.timeline(order.telegramId, 2)).toEqual(timeline.slice(0, 2));
});

test("today's numbers count people, those who may connect, devices and traffic", async () => {
  const admin = new AdminQueries(db.reader.em);
  const before = await admin.numbers(now());
  const order = await paidOrder();
  const device = await addDevice(order, "phone");
  await addKey(order, device, 1);
  await addKey(order, device, 2, { retired: true });
  await asOwner("insert into traffic_daily values (?, ?, 3, 4)", [device, now().slice(0, 10)]);
  expect(await admin.numbers(now())).toEqual({
    newToday: before.newToday + 1,
    waiting: before.waiting,
    active: before.active + 1,
    devices: before.devices + 1,
    online: before.online + 1,
    uploaded: before.uploaded + 3,
    downloaded: before.downloaded + 4,
  });
  const later = await admin.numbers(instant(Date.now() + 100 * dayMs));
  expect(later).toMatchObject({ newToday: 0, active: 0, online: 0, uploaded: 0 });
});

test("the metrics count who is let in by host, and what else there is by its label", async () => {
  const [order, blocked] = [await paidOrder(), await paidOrder()];
  const host = await addHost();
  const one = await addDevice(order, "one");
  await addKey(order, one, 0, { host, address: "10.9.0.2" });
  await addKey(order, one, 0, { host, address: "10.9.0.3", retired: true });
  await addKey(blocked, await addDevice(blocked, "two"), 0, { host, address: "10.9.0.4" });
  await asOwner("update customers set status = 'blocked' where id = ?", [blocked.customerId]);
  const counts = await countBusiness(db.reader.em, now());
  expect(counts.peers.get(`host ${host}`)).toBe(1);
  expect(counts.subscriptions.get("blocked")).toBe(1);
  expect(counts.customers.get("blocked")).toBe(1);
  expect(counts.payments.get("settled")).toBeGreaterThan(1);
  await asOwner("insert into quarantine (key, gateway, kind, evidence, reason) values ('k', 'g', 'line', '', '')");
  expect((await countBusiness(db.reader.em, now())).quarantine.get("g")).toBe(1);
});

test("what does not exist is answered as such", async () => {
  const id = randomUUID() as PaymentId;
  expect(await new PaymentQueries(db.reader.em).find(id)).toBeUndefined();
  const nobody = 1 as PaymentOrder["telegramId"];
  expect(await new PlanQueries(db.reader.em).currentOf(nobody, now())).toBeUndefined();
  expect(await new AdminQueries(db.reader.em).timeline(nobody)).toEqual([]);
  const { charges, lots } = await new PaymentTimelines(db.reader.em).of(id);
  expect([charges, lots]).toEqual([[], []]);
});
