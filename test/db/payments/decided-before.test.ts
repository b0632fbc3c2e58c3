import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Refunds } from "../../../db/payments/refunds.ts";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { AdminActs } from "../../../db/people/admin-acts.ts";
import { Customers } from "../../../db/people/customers.ts";
import { telegramId } from "../../../domain/ids.ts";
import {
  gatewayName,
  type GatewayReport,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const admin = telegramId(1001);
const gateway = gatewayName("memory");
const nobodys = "0192d3a4-0000-7000-8000-0000000000ac" as PaymentId;
const now = () => instant(new Date());
const shop = useShop(db);
let customers: Customers;

beforeAll(async () => {
  customers = new Customers(db.writer.em);
});
afterEach(() => customers.setStaff({ admin: [admin] }));

const event = (report: GatewayReport) => {
  return { gateway, report, evidence: JSON.stringify(report), source: "gateway" } as const;
};

test("a refund goes on when its admin is no longer an admin", async () => {
  const order = await shop.order();
  const reference = `paid-${order.id}`;
  await shop.decide(order, { kind: "paid", reference, paid: order.price, at: now() });
  const refunds = new Refunds(db.writer.em);
  const command = { requestId: randomUUID(), paymentId: order.id, reason: "r", by: admin };
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  expect(await refunds.openOnce(command, rules)).toMatchObject({ kind: "opened" });
  await customers.setStaff({});
  expect(await refunds.openOnce(command, rules)).toMatchObject({ kind: "opened" });
  const another = { ...command, requestId: randomUUID() };
  expect(await refunds.openOnce(another, rules)).toEqual({ kind: "notOpened", why: "notAdmin" });
});

test.each([
  ["its admin is one no more", async () => customers.setStaff({}), true],
  ["its gateway gives nothing back any more", async () => undefined, false],
])("an unmatched payment that is being sent back goes on when %s", async (_, change, mayReturn) => {
  const order = await shop.order();
  const unmatched = new UnmatchedPayments(db.writer.em);
  const reference = `nobody-${order.id}`;
  await unmatched.keepAll(nobodys, [
    event({ kind: "paid", reference, paid: order.price, at: now() }),
  ]);
  const what = { kind: "refund" } as const;
  const resolution = { gateway, reference, by: admin, requestId: randomUUID(), what };
  const begun = await unmatched.resolveOnce(resolution, now());
  expect(begun).toMatchObject({ kind: "refunding" });
  await change();
  expect(await unmatched.resolveOnce(resolution, now(), { mayReturn })).toEqual(begun);
});

test("a return that does not name an order is not an unmatched payment when its charge is an order's", async () => {
  const order = await shop.order();
  const unmatched = new UnmatchedPayments(db.writer.em);
  const reference = `paid-${order.id}`;
  await shop.decide(order, { kind: "paid", reference, paid: order.price, at: now() });
  await unmatched.keepAll(nobodys, [event({ kind: "refunded", reference, returned: order.price })]);
  const kept = await db.owner.em
    .fork()
    .execute("select 1 from unmatched where reference = ?", [reference]);
  expect(kept).toEqual([]);
});

const addFirstDevice = async () => undefined;
const policy = { autoApprove: false, reapplyAfterMs: 0 };

test("a booked act is done for every repeat, also when its admin is no longer an admin", async () => {
  const order = await shop.order();
  const acts = new AdminActs(db.writer.em);
  const act = { kind: "extend", customer: order.telegramId, days: 3 } as const;
  const request = { requestId: randomUUID(), by: admin, act };
  const done = await acts.actOnce(request, now(), { addFirstDevice, policy });
  expect(done).toMatchObject({ kind: "done" });
  await customers.setStaff({});
  expect(await acts.actOnce(request, now(), { addFirstDevice, policy })).toEqual(done);
  const another = { ...request, requestId: randomUUID() };
  expect(await acts.actOnce(another, now(), { addFirstDevice, policy })).toEqual({
    kind: "refused",
    why: "notAdmin",
  });
  const lots = await db.owner.em
    .fork()
    .execute("select 1 from time_lots where kind = 'admin' and subscription_id = ?", [
      order.subscriptionId,
    ]);
  expect(lots).toHaveLength(1);
});
