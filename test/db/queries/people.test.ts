import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DeviceQueries } from "../../../db/queries/access/devices.ts";
import { countBusiness } from "../../../db/queries/operations/counts.ts";
import { PaymentTimelines } from "../../../db/queries/payments/payment-timelines.ts";
import { PaymentQueries } from "../../../db/queries/payments/payments.ts";
import { PlanQueries } from "../../../db/queries/payments/plans.ts";
import { AdminQueries } from "../../../db/queries/people/admin.ts";
import { CustomerQueries } from "../../../db/queries/people/customers.ts";
import { ReadCache } from "../../../db/read-cache.ts";
import { subscriptionId } from "../../../domain/ids.ts";
import type { PaymentId, PaymentOrder } from "../../../domain/payments/payment.ts";
import { instant, msBetween } from "../../../domain/time.ts";
import { now, QueriedBooks } from "./queried-books.ts";

const books = new QueriedBooks();

test("a device's traffic is the sum of its keys', and its place is the current one's", async () => {
  const order = await books.paidOrder();
  const host = await books.addHost();
  const device = await books.addDevice(order, "phone");
  await books.addKey(order, device, 5, { host, address: "10.9.0.2", retired: true });
  await books.addKey(order, device, 7, { host, address: "10.9.0.3" });
  const today = now().slice(0, 10);
  await books.change("insert into traffic_daily values (?, ?, 3, 4)", [device, today]);
  const [shown, ...others] = await new DeviceQueries(books.em).list(order.subscriptionId, now());
  expect(others).toEqual([]);
  expect(shown).toMatchObject({
    id: device,
    name: "phone",
    place: { host: `host ${host}`, address: "10.9.0.3" },
    uploaded: 12,
    downloaded: 12,
    uploadedToday: 3,
    downloadedToday: 4,
  });
  expect(Math.abs(msBetween(now(), shown!.lastHandshakeAt!))).toBeLessThan(60_000);
});

test("a device that waits for a host is shown without a place, one that was removed is not shown", async () => {
  const order = await books.paidOrder();
  await books.addKey(order, await books.addDevice(order, "waits"), 0);
  const removed = await books.addDevice(order, "removed");
  await books.change("update devices set revoked_at = now() where id = ?", [removed]);
  const shown = await new DeviceQueries(books.em).list(order.subscriptionId, now());
  expect(shown.map(({ name, place }) => ({ name, place }))).toEqual([
    { name: "waits", place: undefined },
  ]);
});

test("customers are found by number, @username and a part of the name", async () => {
  const order = await books.paidOrder();
  const person = `n${randomUUID().slice(0, 8)}`;
  const names = "update customers set username = ?, first_name = ?, last_name = 'Ö' where id = ?";
  await books.change(names, [person, `Ann ${person}`, order.customerId]);
  const customers = new CustomerQueries(books.em, new ReadCache(undefined));
  const found = [{ telegramId: order.telegramId, name: `Ann ${person} Ö` }];
  const ways = [String(order.telegramId), `@${person.toUpperCase()}`, `nn ${person} ö`];
  for (const way of ways)
    expect({ way, found: await customers.search(way) }).toEqual({ way, found });
  expect(await customers.find(order.telegramId)).toMatchObject({ username: person });
  expect(await customers.listSubscriptions(order.telegramId)).toMatchObject([
    { id: order.subscriptionId, number: 1, deviceLimit: 3 },
  ]);
});

test("used traffic counts from the plan's begin; without a limit nothing is shown", async () => {
  const order = await books.paidOrder();
  const customers = new CustomerQueries(books.em, new ReadCache(undefined));
  const clock = { now: instant(new Date()), zone: "UTC" };
  expect(await customers.findTrafficUse(order.subscriptionId, clock)).toBeUndefined();
  const limited = `update subscriptions set traffic_limit_bytes = 100, traffic_base_bytes = 30, moved_bytes = 45
                    where id = ?`;
  await books.change(limited, [order.subscriptionId]);
  expect(await customers.findTrafficUse(order.subscriptionId, clock)).toEqual({
    limitBytes: 100,
    usedBytes: 15,
  });
});

test("a customer's timeline has requests, time, devices and admins' acts, the newest first", async () => {
  const order = await books.paidOrder();
  const admin = new AdminQueries(books.em);
  const waits = `signup:${order.telegramId}`;
  await books.change(
    `insert into approvals (approval_id, ask, kind, customer_id, subject, state, asked_at)
     values (?, 'a', 'signup', ?, '{"kind": "signup"}', 'open', now())`,
    [waits, order.customerId],
  );
  const [open] = (await admin.listOpenRequests(100)).filter(
    ({ approvalId }) => approvalId === waits,
  );
  const person = { telegramId: order.telegramId, name: "P" };
  expect(open).toMatchObject({ ask: "a", subject: { kind: "signup" }, person });
  await books.change(
    "update approvals set state = 'approved', decided_at = now(), decided_by = 1001",
  );
  const device = await books.addDevice(order, "phone");
  await books.change("update devices set revoked_at = now() where id = ?", [device]);
  await books.change(
    `insert into audit_log (request_id, actor, act, customer_id, before, after)
     values (?, 1001, 'extend', ?, '{}', '{"addedDays": 7}')`,
    [randomUUID(), order.customerId],
  );
  const timeline = await admin.readTimeline(order.telegramId);
  const kinds = timeline.map(({ kind, detail, by }) => [kind, detail, by].join());
  expect(kinds.toSorted()).toEqual(
    [
      "approved,,P",
      "asked,,",
      "deviceAdded,phone,",
      "deviceRevoked,phone,",
      "extend,7,P",
      "joined,,",
      "payment,30,",
    ].toSorted(),
  );
  const moments = timeline.map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted().toReversed());
  expect(await admin.readTimeline(order.telegramId, 2)).toEqual(timeline.slice(0, 2));
});

test("the metrics count accesses by host, and everything else by its label", async () => {
  const order = await books.paidOrder();
  const blocked = await books.paidOrder();
  const host = await books.addHost();
  const one = await books.addDevice(order, "one");
  await books.addKey(order, one, 0, { host, address: "10.9.0.2" });
  await books.addKey(order, one, 0, { host, address: "10.9.0.3", retired: true });
  await books.addKey(blocked, await books.addDevice(blocked, "two"), 0, {
    host,
    address: "10.9.0.4",
  });
  await books.change("update customers set status = 'blocked' where id = ?", [blocked.customerId]);
  const counts = await countBusiness(books.em, now());
  expect(counts.peers.get(`host ${host}`)).toBe(1);
  expect(counts.subscriptions.get("blocked")).toBe(1);
  expect(counts.customers.get("blocked")).toBe(1);
  expect(counts.payments.get("settled")).toBeGreaterThan(1);
  await books.change(
    "insert into quarantine (key, gateway, kind, evidence, reason) values ('k', 'g', 'line', '', '')",
  );
  expect((await countBusiness(books.em, now())).quarantine.get("g")).toBe(1);
});

test("what does not exist is not found", async () => {
  const id = randomUUID() as PaymentId;
  expect(await new PaymentQueries(books.em).find(id)).toBeUndefined();
  const nobody = 1 as PaymentOrder["telegramId"];
  const nothing = subscriptionId(randomUUID());
  expect(await new PlanQueries(books.em).findCurrent(nothing, now())).toBeUndefined();
  expect(await new AdminQueries(books.em).readTimeline(nobody)).toEqual([]);
  const { charges, lots } = await new PaymentTimelines(books.em).read(id);
  expect([charges, lots]).toEqual([[], []]);
});
