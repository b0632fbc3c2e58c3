import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Refunds } from "../../../db/payments/refunds.ts";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { PaymentTimelines } from "../../../db/queries/payments/payment-timelines.ts";
import { PaymentQueries } from "../../../db/queries/payments/payments.ts";
import { PlanQueries } from "../../../db/queries/payments/plans.ts";
import { UnmatchedQueries } from "../../../db/queries/payments/unmatched.ts";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { dayMs, instant, msBetween } from "../../../domain/time.ts";
import { now, QueriedBooks } from "./queried-books.ts";

const books = new QueriedBooks();

test("a payment's timeline shows charges, refunds, events, decisions, time and ledger", async () => {
  const order = await books.paidOrder();
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  const requestId = randomUUID();
  const amount = money(10_000, "RUB");
  const reference = `c-${order.id}`;
  const command = { requestId, paymentId: order.id, amount, reason: "slow" };
  await new Refunds(books.db.writer.em).openOnce(command, rules);
  const timeline = await new PaymentTimelines(books.em).read(order.id);
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
    {
      fact: `memory/${reference}/paid`,
      entries: [{ account: "gateway:memory" }, { account: "revenue" }],
    },
  ]);
  // A third of the price is being refunded, and with it a third of the thirty days is taken.
  expect(timeline.lots.map(({ days }) => Math.round(days * 100) / 100)).toEqual([30, -10]);
  const left = msBetween(now(), timeline.lots[1]!.until) / dayMs;
  expect(left).toBeCloseTo(20, 2);
});

test("a refund of time that is used up already is shown to take nothing", async () => {
  const order = await books.paidOrder(instant(Date.now() - 40 * dayMs));
  const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
  const command = { requestId: randomUUID(), paymentId: order.id, reason: "late" };
  await new Refunds(books.db.writer.em).openOnce(command, rules);
  const { lots } = await new PaymentTimelines(books.em).read(order.id);
  expect(lots.map(({ days }) => days)).toEqual([30, 0]);
});

test("a payment is found by its id, the beginning of it, its memo, its invoice and its charge", async () => {
  const order = await books.paidOrder();
  const invoice = `invoice-${order.id}`;
  await books.change("update payments set invoice_reference = ? where id = ?", [invoice, order.id]);
  const payments = new PaymentQueries(books.em);
  const names = [order.id, order.id.slice(0, 8), order.memo, invoice, `c-${order.id}`];
  for (const name of names) {
    const found = await payments.search(name);
    expect({ name, ids: found.map(({ id }) => id) }).toEqual({ name, ids: [order.id] });
  }
  expect(await payments.search("nothing of the kind")).toEqual([]);
  const [summary] = await payments.list([order.telegramId]);
  expect(summary).toMatchObject({
    id: order.id,
    customer: { telegramId: order.telegramId, name: "P" },
    price: order.price,
    state: "settled",
    invoiceReference: invoice,
    item: { terms: order.terms, names: { en: "month" } },
  });
  expect(await payments.find(order.id)).toEqual(summary);
  expect(await payments.list([])).toEqual([]);
});

test("a refund request is known once it is booked", async () => {
  const order = await books.paidOrder();
  const payments = new PaymentQueries(books.em);
  const requestId = randomUUID();
  expect(await payments.isRefundKnown(requestId)).toBe(false);
  const rules = { gateways: async () => "whole" as const, limits: {}, now: now() };
  const command = { requestId, paymentId: order.id, reason: "asked" };
  await new Refunds(books.db.writer.em).openOnce(command, rules);
  expect(await payments.isRefundKnown(requestId)).toBe(true);
});

test("an unmatched payment waits until an admin decides, less what its gateway has returned", async () => {
  const gateway = gatewayName("memory");
  const reference = randomUUID();
  const id = unmatchedPaymentId(gateway, reference);
  const event = (report: object) =>
    ({ gateway, evidence: JSON.stringify(report), source: "gateway", report }) as never;
  const paid = { kind: "paid", reference, paid: money(500, "RUB"), at: now() };
  const back = { kind: "refunded", reference, returned: money(200, "RUB") };
  await new UnmatchedPayments(books.db.writer.em).keepAll(id, [event(paid), event(back)]);
  const queries = new UnmatchedQueries(books.em);
  const [charge] = (await queries.listOpen()).filter((one) => one.reference === reference);
  expect(charge).toMatchObject({
    gateway,
    paymentId: id,
    amount: money(300, "RUB"),
    mayReturn: true,
  });
  expect(await queries.find(charge!.key)).toEqual(charge);
  await books.change("update unmatched set state = 'ignored' where reference = ?", [reference]);
  expect(await queries.find(charge!.key)).toBeUndefined();
});

test("a customer has the plan, its end and all of its time, and the state follows the clock", async () => {
  const order = await books.paidOrder();
  const plans = new PlanQueries(books.em);
  const current = await plans.findCurrent(order.subscriptionId, now());
  expect(current).toMatchObject({
    code: "month",
    state: "active",
    plan: { code: "month", version: 1 },
    time: [{ kind: "payment", cause: `payment/${order.id}`, ms: 30 * dayMs, price: order.price }],
  });
  const later = instant(Date.now() + 31 * dayMs);
  expect(await plans.findCurrent(order.subscriptionId, later)).toMatchObject({ state: "expired" });
  await books.change("update subscriptions set grace_ms = ? where id = ?", [
    2 * dayMs,
    order.subscriptionId,
  ]);
  expect(await plans.findCurrent(order.subscriptionId, later)).toMatchObject({ state: "grace" });
  const used = "update subscriptions set traffic_limit_bytes = 5, moved_bytes = 5 where id = ?";
  await books.change(used, [order.subscriptionId]);
  expect(await plans.findCurrent(order.subscriptionId, now())).toMatchObject({
    state: "exhausted",
  });
  expect((await plans.listOffered()).map(({ code }) => code)).toEqual(["family", "month", "small"]);
  expect(await plans.listPaymentMethods()).toMatchObject([
    { gateway: "memory", currency: "RUB" },
    { currency: "XTR" },
    { currency: "USDT" },
  ]);
  expect(await plans.listBalances(order.customerId)).toEqual([]);
});
