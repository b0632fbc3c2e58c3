import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import type { GatewayName, PaymentOrder } from "../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../domain/payments/refund.ts";
import { dayMs, hourMs, minuteMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { RefundRequest } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { needsHuman } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** Refunds only while it works. */
class SlowGateway extends MemoryPaymentGateway {
  mood: "well" | "away" | "isAtIt" | "refuses" = "well";
  asked = 0;
  /** Answers are held back until this resolves. */
  answersAfter: Promise<void> = Promise.resolve();

  override async refund(request: RefundRequest): Promise<RefundAnswer> {
    this.asked += 1;
    await this.answersAfter;
    if (this.mood === "away") throw new Error("connect ETIMEDOUT");
    if (this.mood === "isAtIt") return "underWay";
    if (this.mood === "refuses") throw new Refused("not today");
    return super.refund(request);
  }
}

const gateway = new SlowGateway();
const off = new Set<GatewayName>();
const app = useTestApp({
  gateways: () => [gateway],
  directory: (known) => ({
    async get(name) {
      if (off.has(name)) throw new Refused(`the gateway ${name} is not configured`);
      return known.get(name);
    },
  }),
});

afterEach(() => {
  gateway.mood = "well";
  off.clear();
});

async function payOrder() {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  await customer.report(order.id, gateway.settle(order));
  await customer.waitForEnd(order.id);
  return { customer, order, until: await customer.paidUntil() };
}

const startRefund = (order: PaymentOrder) =>
  app.client.workflow.start<typeof refund>(
    "refund",
    refundOf({
      requestId: randomUUID(),
      paymentId: order.id,
      reason: "asked for it",
      by: telegramId(adminId),
    }),
  );

/** Pays an order a second time. Returns the workflow that refunds the second charge. */
async function payTwice(customer: TestCustomer, order: PaymentOrder) {
  const line = gateway.settle(order);
  await customer.report(order.id, line);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
  const [row] = await app.rows<{ request_id: string }>(
    "select request_id from refunds where payment_id = ? and requested_by is null",
    [order.id],
  );
  const handle = app.client.workflow.getHandle<typeof refund>(`refund:${row!.request_id}`);
  return { handle, reference: "reference" in line.report ? line.report.reference : "" };
}

test("a gateway that is switched off while a refund waits for it has refused: the time comes back", async () => {
  const admin = await app.admin();
  const { customer, order, until } = await payOrder();
  gateway.mood = "away";
  const handle = await startRefund(order);
  const before = gateway.asked;
  await eventually(() => expect(gateway.asked).toBeGreaterThan(before));
  await eventually(async () => expect(await customer.paidUntil()).toBe(until - 30 * dayMs));
  off.add(gateway.capabilities.name);
  await app.pass(handle.workflowId, 5 * minuteMs);
  expect(await handle.result()).toMatchObject({ kind: "refused" });
  await admin.waitForMessage(/refused to refund 300 ₽: the gateway memory is not configured/u);
  expect(await customer.paidUntil()).toBe(until);
  await customer.person.waitForMessage(/access now runs until/u);
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
});

test("a gateway that is at it for a week: operators see it, admins are notified once, and of the end", async () => {
  const admin = await app.admin();
  const { customer, order, until } = await payOrder();
  gateway.mood = "isAtIt";
  const handle = await startRefund(order);
  await app.pass(handle.workflowId, 7 * dayMs);
  await eventually(async () => expect(await needsHuman(app, handle.workflowId)).toBe(true));
  await admin.waitForMessage(/memory has not refunded 300 ₽ yet/u);
  const { historyLength } = await handle.describe();
  expect(historyLength).toBeLessThan(2_000);
  gateway.mood = "well";
  await handle.signal("checkNow");
  expect(await handle.result()).toMatchObject({ kind: "returned" });
  expect(await needsHuman(app, handle.workflowId)).toBe(false);
  await admin.waitForMessage(/300 ₽ was refunded by memory/u);
  await customer.person.waitForMessage(/300 ₽ has been refunded/u);
  expect(await customer.paidUntil()).toBe(until - 30 * dayMs);
  const notices = (await admin.listTexts()).filter((words) =>
    words.includes("has not refunded 300 ₽"),
  );
  expect(notices).toHaveLength(1);
}, 120_000);

test("a refund that waits for months continues as new, and its charge has one refund all the while", async () => {
  const { order } = await payOrder();
  gateway.mood = "isAtIt";
  const handle = await startRefund(order);
  const { runId } = await handle.describe();
  for (let day = 0; day < 6; day += 1) await app.pass(handle.workflowId, dayMs);
  const twin = await startRefund(order);
  expect(await twin.result()).toEqual({ kind: "notOpened", why: "underWay" });
  const current = app.client.workflow.getHandle<typeof refund>(handle.workflowId);
  expect((await current.describe()).runId).not.toBe(runId);
  const first = await app.client.workflow.getHandle(handle.workflowId, runId).describe();
  expect(first.historyLength).toBeLessThan(2_000);
  gateway.mood = "well";
  await current.signal("checkNow");
  expect(await current.result()).toMatchObject({ kind: "returned" });
  expect(gateway.returnedOf(await referenceOf(order))).toBe(30_000);
}, 180_000);

test("a customer who was notified of a refund is notified that it was refused and is on the balance", async () => {
  const admin = await app.admin();
  const { customer, order } = await payOrder();
  gateway.mood = "refuses";
  const { handle } = await payTwice(customer, order);
  expect(await handle.result()).toMatchObject({ kind: "refused" });
  await customer.person.waitForMessage(
    /300 ₽ could not be refunded to you: it is on your balance/u,
  );
  await admin.waitForMessage(/refused to refund 300 ₽: not today/u);
  expect((await customer.person.listTexts()).at(-1)).not.toMatch(/on its way/u);
  expect(await customer.balance()).toEqual({ RUB: 30_000 });
});

test("a signal to ask the gateway while it is being asked makes it be asked once more", async () => {
  const { order } = await payOrder();
  const before = gateway.asked;
  gateway.mood = "isAtIt";
  const { promise, resolve } = Promise.withResolvers<void>();
  gateway.answersAfter = promise;
  const handle = await startRefund(order);
  await eventually(() => expect(gateway.asked).toBe(before + 1));
  await handle.signal("checkNow");
  resolve();
  await eventually(() => expect(gateway.asked).toBe(before + 2), 20_000);
  gateway.mood = "well";
  await handle.signal("checkNow");
  expect(await handle.result()).toMatchObject({ kind: "returned" });
});

test("money on its way back cannot be spent, and is spent when the gateway has refused", async () => {
  const { customer, order } = await payOrder();
  gateway.mood = "isAtIt";
  const { handle, reference } = await payTwice(customer, order);
  await customer.person.waitForMessage(/is on its way back to you/u);
  expect(await customer.balance()).toEqual({});
  const early = await customer.buy({ gateway: "balance" });
  expect(await customer.waitForEnd(early)).toMatchObject({ kind: "declined" });
  gateway.mood = "refuses";
  await handle.signal("checkNow");
  expect(await handle.result()).toMatchObject({ kind: "refused" });
  const late = await customer.buy({ gateway: "balance" });
  expect(await customer.waitForEnd(late)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({});
  expect(gateway.returnedOf(reference)).toBe(0);
});

async function referenceOf({ id }: PaymentOrder): Promise<string> {
  const [row] = await app.rows<{ reference: string }>(
    "select reference from charges where payment_id = ?",
    [id],
  );
  return row?.reference ?? "";
}

test("a gateway that is switched off while it is at a refund has not refused: the money may move, and whoever switched it off is asked for it", async () => {
  const { customer, order, until } = await payOrder();
  gateway.mood = "isAtIt";
  const handle = await startRefund(order);
  const before = gateway.asked;
  await eventually(() => expect(gateway.asked).toBeGreaterThan(before));
  off.add(gateway.capabilities.name);
  await app.pass(handle.workflowId, hourMs);
  await eventually(async () => expect(await needsHuman(app, handle.workflowId)).toBe(true));
  expect(await customer.paidUntil()).toBe(until - 30 * dayMs);
  off.delete(gateway.capabilities.name);
  gateway.mood = "well";
  await handle.signal("checkNow");
  expect(await handle.result()).toMatchObject({ kind: "returned" });
  expect(await customer.listAccounts(order.id)).toEqual({ refunds: 30_000, revenue: -30_000 });
});
