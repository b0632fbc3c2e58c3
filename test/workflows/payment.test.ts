import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { type PaymentId, termsOf } from "../../domain/payments/payment.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();
const openCustomer = async () => new TestCustomer(app, await app.customer());
const rub = (minor: number) => money(minor, "RUB");

test("paid: the time is given once, from the paid end on, and the books know where the money is", async () => {
  const one = await openCustomer();
  const before = await one.paidUntil();
  const order = await one.order();
  const line = await one.pay(order);
  await one.report(order.id, line);
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  await one.person.waitForMessage(/Paid\. Your access/u);
  expect(await one.paidUntil()).toBe(before + 30 * dayMs);
  expect(await one.listAccounts(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
  expect(await one.listGrants(order.id)).toEqual([
    { cause: `payment/${order.id}`, days: 30, returned: null },
  ]);
  await one.person.waitForMessage(/Month|month[^]*Paid\. Thank you/u);
  const texts = await one.person.listTexts();
  expect(texts.filter((words) => /Paid\. Your access/u.test(words))).toHaveLength(1);
});

test("what is reported after the end changes nothing, however often", async () => {
  const one = await openCustomer();
  const order = await one.order();
  const line = await one.pay(order);
  const decided = await one.waitForEnd(order.id);
  await eventually(async () => expect(await one.listGrants(order.id)).toHaveLength(1));
  for (let times = 0; times < 3; times += 1) {
    await one.report(order.id, line);
    expect(await one.waitForEnd(order.id)).toEqual(decided);
  }
  expect(await one.listGrants(order.id)).toHaveLength(1);
  const texts = await one.person.listTexts();
  expect(texts.filter((words) => /Paid\. Your access/u.test(words))).toHaveLength(1);
  expect(await one.listAccounts(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
});

test("an invoice lapses, and money that comes later is honoured at its price", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await app.pass(workflowIds.payment(order.id), hourMs + 1_000);
  expect(await one.waitForEnd(order.id)).toEqual({ kind: "lapsed" });
  await one.person.waitForMessage(/has expired/u);
  const before = await one.paidUntil();
  await one.report(order.id, app.memory.settle(order));
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
});

test("money that came while no webhook reported it is found before the invoice lapses", async () => {
  const one = await openCustomer();
  const order = await one.order();
  app.memory.settle(order);
  await app.pass(workflowIds.payment(order.id), hourMs + 1_000);
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
});

test("too little is kept as credit, the rest completes it, and too much is credited", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await one.pay(order, rub(10_000));
  await one.person.waitForMessage(/100 ₽ has arrived, and 200 ₽ is missing/u);
  expect(await one.balance()).toEqual({ RUB: 10_000 });
  await one.pay(order, rub(25_000));
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await one.balance()).toEqual({ RUB: 5_000 });
  await one.person.waitForMessage(/You paid 50 ₽ too much/u);
  const other = await one.order({ plan: "family" });
  await one.pay(other, rub(60_001));
  expect(await one.waitForEnd(other.id)).toMatchObject({ kind: "overpaid" });
  expect(await one.balance()).toEqual({ RUB: 5_001 });
});

test("another currency than the invoice's is kept as credit", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await one.pay(order, money(250, "XTR"));
  await one.person.waitForMessage(/a different currency/u);
  expect(await one.balance()).toEqual({ XTR: 250 });
  expect(await one.listGrants(order.id)).toEqual([]);
});

test("paid twice: the second charge is refunded automatically", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await one.pay(order);
  await one.waitForEnd(order.id);
  const second = await one.pay(order);
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
  const { reference } = second.report as { reference: string };
  await one.person.waitForMessage(/300 ₽ has been refunded/u);
  expect(app.memory.returnedOf(reference)).toBe(30_000);
  expect(await one.balance()).toEqual({});
  expect(await one.listAccounts(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
  expect(await one.listGrants(order.id)).toHaveLength(1);
});

const declineOf = (final: boolean, invoiceReference?: string) => ({
  report: {
    kind: "declined",
    final,
    reason: "no money",
    ...(invoiceReference === undefined ? {} : { invoiceReference }),
  } as const,
  evidence: `declined ${final} ${invoiceReference}`,
});

test("a decline that is not final ends nothing, a final one does", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await one.report(order.id, declineOf(false, order.id));
  await one.report(order.id, declineOf(true, order.id));
  expect(await one.waitForEnd(order.id)).toEqual({ kind: "declined", reason: "no money" });
  await one.person.waitForMessage(/was declined/u);
});

test("the end of another invoice of the order, or of an unnamed one, ends nothing", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await one.report(order.id, declineOf(true, "an older link"));
  await one.report(order.id, declineOf(true));
  await one.report(order.id, declineOf(true, order.id));
  expect(await one.waitForEnd(order.id)).toEqual({ kind: "declined", reason: "no money" });
  const decisions = app.query().selectFrom("decisions").select("effects");
  const decided = await decisions.where("paymentId", "=", order.id).execute();
  const kinds = decided.flatMap(({ effects }) => effects.map(({ kind }) => kind));
  expect(kinds.toSorted()).toEqual(["declined", "noted", "noted"]);
});

test("cancelled: the message says so, and money that comes nevertheless counts", async () => {
  const one = await openCustomer();
  const order = await one.order();
  await app.client.workflow.getHandle(workflowIds.payment(order.id)).signal("cancelled");
  expect(await one.waitForEnd(order.id)).toEqual({ kind: "cancelled" });
  await one.person.waitForMessage(/Cancelled/u);
  expect(app.memory.isCancelled(order)).toBe(true);
  await one.pay(order);
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  await one.person.waitForMessage(/Paid\. Your access[^]*it counts all the same/u);
});

test("while the gateway does not answer, the message says so, and the order can be cancelled", async () => {
  const one = await openCustomer();
  const { issueInvoice } = app.memory;
  app.memory.issueInvoice = () => Promise.reject(new Error("no answer"));
  try {
    const id = await one.buy();
    await one.person.waitForMessage(/slow to answer. We are still trying/u);
    await app.client.workflow.getHandle(workflowIds.payment(id)).signal("cancelled");
    expect(await one.waitForEnd(id)).toEqual({ kind: "cancelled" });
    await one.person.waitForMessage(/Cancelled/u);
  } finally {
    app.memory.issueInvoice = issueInvoice;
  }
});

test("returned at the gateway, and charged back: the time goes with the money", async () => {
  const admin = await app.admin();
  const one = await openCustomer();
  const before = await one.paidUntil();
  const order = await one.order();
  const line = await one.pay(order);
  const { reference } = line.report as { reference: string };
  await one.waitForEnd(order.id);
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
  await one.report(order.id, app.memory.giveBack(reference, rub(10_000)));
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 20 * dayMs));
  await one.report(order.id, app.memory.giveBack(reference, rub(20_000), "chargedBack"));
  await eventually(async () => expect(await one.paidUntil()).toBe(before));
  await admin.waitForMessage(/charged back 200 ₽/u);
  expect(await one.listAccounts(order.id)).toEqual({ refunds: 30_000, revenue: -30_000 });
  const payments = app.query().selectFrom("payments").select("state");
  expect(await payments.where("id", "=", order.id).execute()).toEqual([{ state: "refunded" }]);
});

test("an event that settled money has changed makes us look it up at once", async () => {
  const one = await openCustomer();
  const before = await one.paidUntil();
  const order = await one.order();
  const { report } = await one.pay(order);
  await one.waitForEnd(order.id);
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
  app.memory.giveBack("reference" in report ? report.reference : "", order.price);
  const vague = { report: { kind: "progress", status: "REFUNDED" }, evidence: "vague" } as const;
  await one.report(order.id, vague);
  expect(await one.waitForEnd(order.id)).toMatchObject({ kind: "refunded" });
  await eventually(async () => expect(await one.paidUntil()).toBe(before));
});

test("an unmatched payment is kept, and an admin is notified once", async () => {
  const admin = await app.admin();
  const one = await openCustomer();
  const id = crypto.randomUUID() as PaymentId;
  const order = await one.order();
  const line = app.memory.settle({ ...order, id }, rub(777));
  await one.report(id, line);
  expect(await one.waitForEnd(id)).toEqual({ kind: "unmatched" });
  await admin.waitForMessage(/Unmatched payment: 7\.77 ₽ by memory/u);
  await one.report(id, line);
  await one.waitForEnd(id);
  const texts = await admin.listTexts();
  expect(texts.filter((words) => /7\.77 ₽ by memory/u.test(words))).toHaveLength(1);
});

test("a second purchase of the same is shown the invoice that is open", async () => {
  const one = await openCustomer();
  const order = await one.order();
  const again = await one.buy();
  expect(await one.waitForEnd(again)).toEqual({ kind: "notOpened", why: "alreadyOpen" });
  await eventually(async () => {
    const texts = await one.person.listTexts();
    expect(texts.filter((words) => /Waiting for your payment/u.test(words))).toHaveLength(2);
  });
  await one.pay(order);
  await one.waitForEnd(order.id);
});

test("operators find a payment by its customer, gateway, plan and stage from its start", async () => {
  const one = await openCustomer();
  const order = await one.order();
  const { customerId, gateway } = order;
  const facts = { customerId, gateway, plan: termsOf(order).code };
  expect(await readLabels(order.id)).toEqual({ ...facts, stage: "open" });
  const twin = await one.buy();
  await one.waitForEnd(twin);
  expect(await readLabels(twin)).toEqual({ ...facts, stage: "notOpened" });
  await one.pay(order);
  await one.waitForEnd(order.id);
  expect(await readLabels(order.id)).toEqual({ ...facts, stage: "settled" });
});

/** The search attributes of a payment. */
async function readLabels(id: PaymentId) {
  const handle = app.client.workflow.getHandle(workflowIds.payment(id));
  const { typedSearchAttributes: has } = await handle.describe();
  const { customerId, gateway, plan, stage: at } = searchAttributes;
  return {
    customerId: has.get(customerId),
    gateway: has.get(gateway),
    plan: has.get(plan),
    stage: has.get(at),
  };
}

test("what the balance covers is paid at once, what it does not is declined", async () => {
  const one = await openCustomer();
  const order = await one.order({ plan: "family" });
  await one.pay(order, rub(90_000));
  await one.waitForEnd(order.id);
  expect(await one.balance()).toEqual({ RUB: 30_000 });
  const before = await one.paidUntil();
  const fromBalance = await one.buy({ gateway: "balance" });
  expect(await one.waitForEnd(fromBalance)).toMatchObject({ kind: "settled" });
  await eventually(async () => expect(await one.paidUntil()).not.toBe(before));
  expect(await one.balance()).toEqual({});
  const poor = await one.buy({ gateway: "balance" });
  expect(await one.waitForEnd(poor)).toMatchObject({ kind: "declined" });
  await one.person.waitForMessage(/There is no longer /u);
});

test("another plan converts the time that was bought, and leaves the rest as it is", async () => {
  const one = await openCustomer();
  const month = await one.order();
  await one.pay(month);
  await one.waitForEnd(month.id);
  const now = Date.now();
  await eventually(async () => expect(await one.listGrants(month.id)).toHaveLength(1));
  const left = (await one.paidUntil()) - now;
  const family = await one.order({ plan: "family" });
  await one.pay(family);
  await one.waitForEnd(family.id);
  await eventually(async () => expect(await one.listGrants(family.id)).toHaveLength(1));
  const after = (await one.paidUntil()) - now;
  const trialMs = left - 30 * dayMs;
  expect(Math.abs(after - (trialMs + 15 * dayMs + 30 * dayMs))).toBeLessThan(60_000);
  const subscriptions = app.query().selectFrom("subscriptions").select("plan");
  const sold = await subscriptions.where("id", "=", family.subscriptionId).execute();
  expect(sold).toEqual([{ plan: "family" }]);
});
