import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payments/payment.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { identitiesOf, peersOf, stateOf, trafficOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { limitedPlan, planFor } from "../drivers/shop.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const gb = 2 ** 30;
const app = useTestApp({ plans: [limitedPlan, planFor("month", { RUB: 30_000 })] });
const rubles = (amount: number) => money(amount * 100, "RUB");

/** A customer of the small plan, whose only device is on its host. */
async function openCustomer(): Promise<TestCustomer> {
  const customer = new TestCustomer(app, await app.customer());
  await buyPlan(customer);
  await waitForPeers(customer, 1);
  return customer;
}

async function buyPlan(customer: TestCustomer): Promise<void> {
  const order = await customer.order({ plan: "small" });
  await customer.pay(order);
  await customer.waitForEnd(order.id);
}

async function addTo(customer: TestCustomer, kind: "traffic" | "device"): Promise<PaymentOrder> {
  const order = await customer.waitForInvoice(await customer.buyAddOn(kind));
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  return order;
}

const waitForPeers = ({ person }: TestCustomer, count: number) =>
  eventually(async () => expect(await peersOf(app, person)).toHaveLength(count));

const limitOf = async ({ person }: TestCustomer) => (await trafficOf(app, person))?.limit;

async function moveTraffic(customer: TestCustomer, bytes: number): Promise<void> {
  const [identity] = await peersOf(app, customer.person);
  const read = async () => {
    const [row] = await app.rows<{ moved: number }>(
      "select uploaded + downloaded as moved from traffic_counters where identity = ?",
      [identity],
    );
    return row?.moved ?? 0;
  };
  const before = await read();
  app.host.carry(identity!, 0, bytes);
  await eventually(async () => expect(await read()).toBe(before + bytes));
}

async function addDevice({ person }: TestCustomer): Promise<void> {
  await person.send("/devices");
  await person.pressButton(/^device-add/u);
}

async function refundOnce({ id }: PaymentOrder, amount?: number) {
  const asked = { requestId: randomUUID(), paymentId: id, reason: "asked for it" };
  const part = amount === undefined ? {} : { amount: rubles(amount) };
  const command = { by: telegramId(adminId), ...asked, ...part };
  return app.client.workflow.execute<typeof refund>("refund", refundOf(command));
}

const stateOfPayment = async (id: PaymentId) => {
  const [row] = await app.rows<{ state: string }>("select state from payments where id = ?", [id]);
  return row?.state;
};

const findDisagreements = () => new AuditQueries(app.books.em).findDisagreements();

test("a pack brings access back with the same key, and counts once however often it is reported", async () => {
  const customer = await openCustomer();
  const [key] = await peersOf(app, customer.person);
  await moveTraffic(customer, 4.5 * gb);
  await customer.person.waitForMessage(/Only 512 MB of traffic left/u);
  await moveTraffic(customer, gb);
  await customer.person.waitForMessage(/traffic is used up/u);
  await waitForPeers(customer, 0);
  const until = await customer.paidUntil();
  const order = await customer.waitForInvoice(await customer.buyAddOn("traffic"));
  const line = await customer.pay(order);
  await Promise.all([customer.report(order.id, line), customer.report(order.id, line)]);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  await waitForPeers(customer, 1);
  expect(await peersOf(app, customer.person)).toEqual([key]);
  expect(await limitOf(customer)).toBe(15);
  expect(await customer.paidUntil()).toBe(until);
  await customer.person.waitForMessage(/Paid\. You have 10 GB more/u);
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 4_000,
    revenue: -4_000,
  });
  await moveTraffic(customer, 10 * gb);
  await eventually(async () => {
    const texts = await customer.person.listTexts();
    expect(texts.filter((words) => /Your traffic is used up/u.test(words))).toHaveLength(2);
  });
  expect(await findDisagreements()).toEqual([]);
});

test("parts of the price wait for the rest, and what is too much is balance", async () => {
  const customer = await openCustomer();
  const order = await customer.waitForInvoice(await customer.buyAddOn("traffic"));
  await customer.pay(order, rubles(10));
  await customer.person.waitForMessage(/30 ₽ is missing/u);
  expect(await limitOf(customer)).toBe(5);
  await customer.pay(order, rubles(35));
  await eventually(async () => expect(await limitOf(customer)).toBe(15));
  expect(await customer.balance()).toEqual({ RUB: 500 });
  expect(await findDisagreements()).toEqual([]);
});

test("what comes twice goes back, and the balance pays for a pack", async () => {
  const customer = await openCustomer();
  const order = await addTo(customer, "traffic");
  await customer.pay(order);
  await customer.person.waitForMessage(/40 ₽ has been refunded/u);
  expect(await limitOf(customer)).toBe(15);
  const topUp = await customer.waitForInvoice(await customer.topUp(rubles(50)));
  await customer.pay(topUp);
  await customer.waitForEnd(topUp.id);
  const bought = await customer.buyAddOn("traffic", { gateway: "balance" });
  expect(await customer.waitForEnd(bought)).toMatchObject({ kind: "settled" });
  expect(await limitOf(customer)).toBe(25);
  expect(await customer.balance()).toEqual({ RUB: 1_000 });
  expect(await findDisagreements()).toEqual([]);
});

test("what is left of a pack stays at a renewal, and a refund takes it but never what is used", async () => {
  const customer = await openCustomer();
  const order = await addTo(customer, "traffic");
  await moveTraffic(customer, 2 * gb);
  await buyPlan(customer);
  await eventually(async () => expect(await limitOf(customer)).toBe(18));
  expect(await refundOnce(order, 20)).toMatchObject({ kind: "returned" });
  expect(await limitOf(customer)).toBe(13);
  await customer.person.waitForMessage(
    /20 ₽ has been refunded[^]*was left of its traffic is gone/u,
  );
  await moveTraffic(customer, 10 * gb);
  expect(await refundOnce(order)).toMatchObject({ kind: "returned" });
  expect(await limitOf(customer)).toBe(10);
  expect(await stateOfPayment(order.id)).toBe("refunded");
  await eventually(async () => expect(await stateOf(app, customer.person)).toBe("exhausted"));
  await waitForPeers(customer, 0);
  expect(await findDisagreements()).toEqual([]);
});

test("a bought device works until its date, also when the time is extended; then only the newest is off", async () => {
  const customer = await openCustomer();
  const { person } = customer;
  await addTo(customer, "device");
  await person.waitForMessage(/You can add one more device until/u);
  await addDevice(customer);
  await waitForPeers(customer, 2);
  const [first, second] = await identitiesOf(app, person);
  const until = await customer.paidUntil();
  await buyPlan(customer);
  const subscription = await app.subscriptionOf(person);
  await app.pass(subscription, until - Date.now() - dayMs + hourMs);
  await person.waitForMessage(/Your extra device works until/u);
  expect(await peersOf(app, person)).toHaveLength(2);
  await app.pass(subscription, dayMs);
  await person.waitForMessage(/time of your extra device is over/u);
  await eventually(async () => expect(await peersOf(app, person)).toEqual([first]));
  expect(await stateOf(app, person)).toBe("active");
  await addTo(customer, "device");
  await eventually(async () => expect(await peersOf(app, person)).toEqual([first, second]));
  expect(await findDisagreements()).toEqual([]);
});

test("when another device is removed, the one that was off works again with its key", async () => {
  const customer = await openCustomer();
  const { person } = customer;
  await addTo(customer, "device");
  await addDevice(customer);
  await waitForPeers(customer, 2);
  await buyPlan(customer);
  const [first, second] = await identitiesOf(app, person);
  const subscription = await app.subscriptionOf(person);
  await app.pass(subscription, 34 * dayMs);
  await eventually(async () => expect(await peersOf(app, person)).toEqual([first]));
  const [oldest] = await app.rows<{ id: string }>(
    "select device_id as id from accesses where identity = ?",
    [first],
  );
  await person.send("/devices");
  await person.pressButton(new RegExp(`^device-open:${oldest!.id}$`, "u"));
  await person.pressButton(/^device-sure-revoke/u);
  await person.pressButton(/^device-revoke/u);
  await eventually(async () => expect(await peersOf(app, person)).toEqual([second]));
  expect(await findDisagreements()).toEqual([]);
});

test("a refund takes the place back at once, and only as a whole", async () => {
  const customer = await openCustomer();
  const { person } = customer;
  const order = await addTo(customer, "device");
  await addDevice(customer);
  await waitForPeers(customer, 2);
  const [first] = await identitiesOf(app, person);
  expect(await refundOnce(order, 20)).toMatchObject({ kind: "returned" });
  expect(await peersOf(app, person)).toHaveLength(2);
  expect(await refundOnce(order)).toMatchObject({ kind: "returned" });
  await eventually(async () => expect(await peersOf(app, person)).toEqual([first]));
  await person.waitForMessage(/30 ₽ has been refunded[^]*extra device is taken back/u);
  expect(await stateOfPayment(order.id)).toBe("refunded");
  expect(await findDisagreements()).toEqual([]);
});

test("what is paid when it is of no use any more becomes balance", async () => {
  const customer = await openCustomer();
  const order = await customer.waitForInvoice(await customer.buyAddOn("traffic"));
  const month = await customer.order({ plan: "month" });
  await customer.pay(month);
  await customer.waitForEnd(month.id);
  await customer.pay(order);
  await customer.person.waitForMessage(/40 ₽ is now on your balance: what you paid for/u);
  expect(await customer.balance()).toEqual({ RUB: 4_000 });
  expect(await findDisagreements()).toEqual([]);
});
