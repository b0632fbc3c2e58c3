import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { cancelPayment } from "../../client/payments.ts";
import { DurableClient } from "../../client/durable.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payments/payment.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();
const rubles = (amount: number) => money(amount * 100, "RUB");

async function orderTopUp(amount = 300) {
  const customer = new TestCustomer(app, await app.customer());
  const id = await customer.topUp(rubles(amount));
  return { customer, id, order: await customer.waitForInvoice(id) };
}

const stateOf = async (id: PaymentId) => {
  const [row] = await app.rows<{ state: string }>("select state from payments where id = ?", [id]);
  return row?.state;
};

async function refundOnce({ id }: PaymentOrder, amount?: number) {
  const asked = { requestId: randomUUID(), paymentId: id, reason: "asked for it" };
  const part = amount === undefined ? {} : { amount: rubles(amount) };
  const command = { by: telegramId(adminId), ...asked, ...part };
  return app.client.workflow.execute<typeof refund>("refund", refundOf(command));
}

const findDisagreements = () => new AuditQueries(app.books.em).findDisagreements();

test("it is balance once, however often it is reported, and gives no time", async () => {
  const { customer, id, order } = await orderTopUp();
  const until = await customer.paidUntil();
  const line = await customer.pay(order);
  await Promise.all([customer.report(id, line), customer.report(id, line)]);
  expect(await customer.waitForEnd(id)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({ RUB: 30_000 });
  expect(await customer.listAccounts(id)).toEqual({ "gateway:memory": 30_000, customer: -30_000 });
  expect(await customer.paidUntil()).toBe(until);
  expect(await findDisagreements()).toEqual([]);
});

test("too little waits for the rest, and each part is balance at once", async () => {
  const { customer, id, order } = await orderTopUp();
  await customer.pay(order, rubles(100));
  await customer.person.waitForMessage(/200 ₽ is missing/u);
  expect(await customer.balance()).toEqual({ RUB: 10_000 });
  await customer.pay(order, rubles(250));
  expect(await customer.waitForEnd(id)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({ RUB: 35_000 });
  expect(await findDisagreements()).toEqual([]);
});

test("what comes twice is refunded, and the first stays", async () => {
  const { customer, id, order } = await orderTopUp();
  await customer.pay(order);
  await customer.waitForEnd(id);
  await customer.pay(order);
  await customer.person.waitForMessage(/300 ₽ has been refunded/u);
  await eventually(async () => expect(await customer.balance()).toEqual({ RUB: 30_000 }));
  expect(await stateOf(id)).toBe("settled");
  expect(await findDisagreements()).toEqual([]);
});

test("paid after it was cancelled, it counts and is told so", async () => {
  const { customer, id, order } = await orderTopUp();
  await cancelPayment(new DurableClient(app.client), id);
  await eventually(async () => expect(await stateOf(id)).toBe("cancelled"));
  await customer.pay(order);
  await customer.person.waitForMessage(/300 ₽ is on your balance[^]*it counts all the same/u);
  expect(await stateOf(id)).toBe("settled");
  expect(await customer.balance()).toEqual({ RUB: 30_000 });
});

test("a refund takes credit that is not spent, and nothing more", async () => {
  const { customer, id, order } = await orderTopUp(400);
  await customer.pay(order);
  await customer.waitForEnd(id);
  const bought = await customer.buy({ gateway: "balance" });
  expect(await customer.waitForEnd(bought)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({ RUB: 10_000 });
  expect(await refundOnce(order)).toEqual({ kind: "notOpened", why: "spent" });
  expect(await refundOnce(order, 100)).toEqual({ kind: "returned", amount: rubles(100) });
  expect(await customer.balance()).toEqual({});
  expect(await stateOf(id)).toBe("settled");
  expect(await findDisagreements()).toEqual([]);
});

test("a whole refund ends it, and the balance is as before", async () => {
  const { customer, id, order } = await orderTopUp();
  await customer.pay(order);
  await customer.waitForEnd(id);
  expect(await refundOnce(order)).toEqual({ kind: "returned", amount: rubles(300) });
  expect(await customer.balance()).toEqual({});
  expect(await stateOf(id)).toBe("refunded");
  expect(await findDisagreements()).toEqual([]);
});

test("the same amount again is the order that is open, another amount is another", async () => {
  const { customer, id } = await orderTopUp();
  expect(await customer.waitForEnd(await customer.topUp(rubles(300)))).toEqual({
    kind: "notOpened",
    why: "alreadyOpen",
  });
  const other = await customer.topUp(rubles(500));
  expect((await customer.waitForInvoice(other)).price).toEqual(rubles(500));
  expect(await stateOf(id)).toBe("open");
});
