import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { useStage } from "../support/stage.ts";

const stage = useStage();
const buyer = async () => new Buyer(stage, await stage.customer());
const rub = (minor: number) => money(minor, "RUB");

test("paid: the time is given once, from the paid end on, and the books know where the money is", async () => {
  const one = await buyer();
  const before = await one.paidUntil();
  const order = await one.orders();
  const line = await one.pays(order);
  await one.told(order.id, line);
  expect(await one.ends(order.id)).toMatchObject({ kind: "settled" });
  await one.person.hears(/Payment received/u);
  expect(await one.paidUntil()).toBe(before + 30 * dayMs);
  expect(await one.booked(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
  expect(await one.grants(order.id)).toEqual([
    { cause: `payment/${order.id}`, days: 30, returned: null },
  ]);
  await one.person.hears(/Month|month[^]*Paid\. Thank you/u);
  const heard = await one.person.heard();
  expect(heard.filter((words) => /Payment received/u.test(words))).toHaveLength(1);
});

test("what is heard after the end changes nothing, however often", async () => {
  const one = await buyer();
  const order = await one.orders();
  const line = await one.pays(order);
  const decided = await one.ends(order.id);
  await eventually(async () => expect(await one.grants(order.id)).toHaveLength(1));
  for (let times = 0; times < 3; times += 1) {
    await one.told(order.id, line);
    expect(await one.ends(order.id)).toEqual(decided);
  }
  expect(await one.grants(order.id)).toHaveLength(1);
  const heard = await one.person.heard();
  expect(heard.filter((words) => /Payment received/u.test(words))).toHaveLength(1);
  expect(await one.booked(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
});

test("an invoice lapses, and money that comes later is honoured at its price", async () => {
  const one = await buyer();
  const order = await one.orders();
  await stage.pass(workflowIds.payment(order.id), hourMs + 1_000);
  expect(await one.ends(order.id)).toEqual({ kind: "lapsed" });
  await one.person.hears(/has expired/u);
  const before = await one.paidUntil();
  await one.told(order.id, stage.memory.settle(order));
  expect(await one.ends(order.id)).toMatchObject({ kind: "settled" });
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
});

test("money that came while nobody told us is found before the invoice lapses", async () => {
  const one = await buyer();
  const order = await one.orders();
  stage.memory.settle(order);
  await stage.pass(workflowIds.payment(order.id), hourMs + 1_000);
  expect(await one.ends(order.id)).toMatchObject({ kind: "settled" });
});

test("too little is kept as credit, the rest completes it, and too much is credited", async () => {
  const one = await buyer();
  const order = await one.orders();
  await one.pays(order, rub(10_000));
  await one.person.hears(/100 ₽ has arrived, which is 200 ₽ too little/u);
  expect(await one.balance()).toEqual({ RUB: 10_000 });
  await one.pays(order, rub(25_000));
  expect(await one.ends(order.id)).toMatchObject({ kind: "settled" });
  expect(await one.balance()).toEqual({ RUB: 5_000 });
  const other = await one.orders({ plan: "family" });
  await one.pays(other, rub(60_001));
  expect(await one.ends(other.id)).toMatchObject({ kind: "overpaid" });
  expect(await one.balance()).toEqual({ RUB: 5_001 });
});

test("another currency than the invoice's is kept as credit", async () => {
  const one = await buyer();
  const order = await one.orders();
  await one.pays(order, money(250, "XTR"));
  await one.person.hears(/a different currency/u);
  expect(await one.balance()).toEqual({ XTR: 250 });
  expect(await one.grants(order.id)).toEqual([]);
});

test("paid twice: the second charge goes back by itself", async () => {
  const one = await buyer();
  const order = await one.orders();
  await one.pays(order);
  await one.ends(order.id);
  const second = await one.pays(order);
  expect(await one.ends(order.id)).toMatchObject({ kind: "paidTwice" });
  const { reference } = second.report as { reference: string };
  await one.person.hears(/300 ₽ has been refunded/u);
  expect(stage.memory.returnedOf(reference)).toBe(30_000);
  expect(await one.balance()).toEqual({});
  expect(await one.booked(order.id)).toEqual({ "gateway:memory": 30_000, revenue: -30_000 });
  expect(await one.grants(order.id)).toHaveLength(1);
});

const declined = (final: boolean, invoiceReference?: string) => ({
  report: {
    kind: "declined",
    final,
    reason: "no money",
    ...(invoiceReference === undefined ? {} : { invoiceReference }),
  } as const,
  evidence: `declined ${final} ${invoiceReference}`,
});

test("a decline that is not final ends nothing, a final one does", async () => {
  const one = await buyer();
  const order = await one.orders();
  await one.told(order.id, declined(false, order.id));
  await one.told(order.id, declined(true, order.id));
  expect(await one.ends(order.id)).toEqual({ kind: "declined", reason: "no money" });
  await one.person.hears(/was declined/u);
});

test("that another invoice of the order is over, or nobody says which, ends nothing", async () => {
  const one = await buyer();
  const order = await one.orders();
  await one.told(order.id, declined(true, "an older link"));
  await one.told(order.id, declined(true));
  await one.told(order.id, declined(true, order.id));
  expect(await one.ends(order.id)).toEqual({ kind: "declined", reason: "no money" });
  const decided = await stage.rows<{ effects: { kind: string }[] }>(
    "select effects from decisions where payment_id = ?",
    [order.id],
  );
  const kinds = decided.flatMap(({ effects }) => effects.map(({ kind }) => kind));
  expect(kinds.toSorted()).toEqual(["declined", "noted", "noted"]);
});

test("cancelled: the message says so, and money that comes all the same counts", async () => {
  const one = await buyer();
  const order = await one.orders();
  await stage.client.workflow.getHandle(workflowIds.payment(order.id)).signal("cancelled");
  expect(await one.ends(order.id)).toEqual({ kind: "cancelled" });
  await one.person.hears(/Cancelled/u);
  await one.pays(order);
  expect(await one.ends(order.id)).toMatchObject({ kind: "settled" });
});

test("returned at the gateway, and charged back: the time goes with the money", async () => {
  const admin = await stage.admin();
  const one = await buyer();
  const before = await one.paidUntil();
  const order = await one.orders();
  const line = await one.pays(order);
  const { reference } = line.report as { reference: string };
  await one.ends(order.id);
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
  await one.told(order.id, stage.memory.giveBack(reference, rub(10_000)));
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 20 * dayMs));
  await one.told(order.id, stage.memory.giveBack(reference, rub(20_000), "chargedBack"));
  await eventually(async () => expect(await one.paidUntil()).toBe(before));
  await admin.hears(/charged back 200 ₽/u);
  expect(await one.booked(order.id)).toEqual({ refunds: 30_000, revenue: -30_000 });
  const [row] = await stage.rows<{ state: string }>("select state from payments where id = ?", [
    order.id,
  ]);
  expect(row?.state).toBe("refunded");
});

test("a word that something goes on with settled money makes us ask at once", async () => {
  const one = await buyer();
  const before = await one.paidUntil();
  const order = await one.orders();
  const { report } = await one.pays(order);
  await one.ends(order.id);
  await eventually(async () => expect(await one.paidUntil()).toBe(before + 30 * dayMs));
  stage.memory.giveBack("reference" in report ? report.reference : "", order.price);
  const vague = { report: { kind: "progress", status: "REFUNDED" }, evidence: "vague" } as const;
  await one.told(order.id, vague);
  expect(await one.ends(order.id)).toMatchObject({ kind: "refunded" });
  await eventually(async () => expect(await one.paidUntil()).toBe(before));
});

test("money of nobody is kept, and an admin is told once", async () => {
  const admin = await stage.admin();
  const one = await buyer();
  const id = crypto.randomUUID() as PaymentId;
  const order = await one.orders();
  const line = stage.memory.settle({ ...order, id }, rub(777));
  await one.told(id, line);
  expect(await one.ends(id)).toEqual({ kind: "unmatched" });
  await admin.hears(/Unmatched payment: 7\.77 ₽ by memory/u);
  await one.told(id, line);
  await one.ends(id);
  const heard = await admin.heard();
  expect(heard.filter((words) => /7\.77 ₽ came/u.test(words))).toHaveLength(1);
});

test("a second purchase of the same is shown the invoice that is open", async () => {
  const one = await buyer();
  const order = await one.orders();
  const again = await one.buys();
  expect(await one.ends(again)).toEqual({ kind: "notOpened", why: "alreadyOpen" });
  await one.person.hears(/already have an open invoice for this/u);
  await one.pays(order);
  await one.ends(order.id);
});

test("operators find a payment by its customer, gateway, plan and stage from its start", async () => {
  const one = await buyer();
  const order = await one.orders();
  const { customerId, gateway, terms } = order;
  const told = { customerId, gateway, plan: terms.code };
  expect(await labels(order.id)).toEqual({ ...told, stage: "open" });
  const twin = await one.buys();
  await one.ends(twin);
  expect(await labels(twin)).toEqual({ ...told, stage: "notOpened" });
  await one.pays(order);
  await one.ends(order.id);
  expect(await labels(order.id)).toEqual({ ...told, stage: "settled" });
});

/** What the Temporal UI filters by. */
async function labels(id: PaymentId) {
  const handle = stage.client.workflow.getHandle(workflowIds.payment(id));
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
  const one = await buyer();
  const order = await one.orders({ plan: "family" });
  await one.pays(order, rub(90_000));
  await one.ends(order.id);
  expect(await one.balance()).toEqual({ RUB: 30_000 });
  const before = await one.paidUntil();
  const fromBalance = await one.buys({ gateway: "balance" });
  expect(await one.ends(fromBalance)).toMatchObject({ kind: "settled" });
  await eventually(async () => expect(await one.paidUntil()).not.toBe(before));
  expect(await one.balance()).toEqual({});
  const poor = await one.buys({ gateway: "balance" });
  expect(await one.ends(poor)).toMatchObject({ kind: "declined" });
  await one.person.hears(/Your \/balance no longer has /u);
});

test("another plan converts the time that was bought, and leaves the rest as it is", async () => {
  const one = await buyer();
  const month = await one.orders();
  await one.pays(month);
  await one.ends(month.id);
  const now = Date.now();
  await eventually(async () => expect(await one.grants(month.id)).toHaveLength(1));
  const left = (await one.paidUntil()) - now;
  const family = await one.orders({ plan: "family" });
  await one.pays(family);
  await one.ends(family.id);
  await eventually(async () => expect(await one.grants(family.id)).toHaveLength(1));
  const after = (await one.paidUntil()) - now;
  const trialMs = left - 30 * dayMs;
  expect(Math.abs(after - (trialMs + 15 * dayMs + 30 * dayMs))).toBeLessThan(60_000);
  const [row] = await stage.rows<{ plan: string }>("select plan from subscriptions where id = ?", [
    family.subscriptionId,
  ]);
  expect(row?.plan).toBe("family");
});
