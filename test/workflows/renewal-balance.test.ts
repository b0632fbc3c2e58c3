import { expect, test } from "vitest";
import { Plans } from "../../db/payments/plans.ts";
import { money } from "../../domain/money.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { eventually } from "../drivers/eventually.ts";
import { planFor } from "../drivers/orders.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

const price = 30_000;

/** A customer with 33 days of the month's plan, and so many kopecks on the balance. */
async function customerWith(balance: number) {
  const person = await app.customer();
  const customer = new TestCustomer(app, person);
  const order = await customer.order();
  await customer.pay(order, money(price + balance, "RUB"));
  await person.waitForMessage(/Paid\. Your access/u);
  const calendar = await app.subscriptionOf(person);
  const agree = async () => {
    await person.send("/renewal");
    await person.pressButton(/^renew-by:balance:RUB$/u);
    await person.pressButton(/^renew-agree:balance:/u);
    await person.waitForMessage(/Auto-renewal is on: 300 ₽ from your balance/u);
  };
  const listRenewals = () =>
    app.rows<{ state: string }>(
      `select p.state from payments p join customers c on c.id = p.customer_id
        where c.telegram_id = ? and p.recurs = 'renews' order by p.opened_at`,
      [person.id],
    );
  return { person, customer, calendar, agree, listRenewals };
}

test("a plan renews itself from the balance a day before its end, once per period, and only after the consent", async () => {
  const { person, customer, calendar, agree, listRenewals } = await customerWith(2 * price);
  const first = await customer.paidUntil();
  await agree();
  expect(await listRenewals()).toEqual([]);
  await app.pass(calendar, 31 * dayMs);
  expect(await listRenewals()).toEqual([]);
  await app.pass(calendar, 2 * dayMs);
  await person.waitForMessage(/🔁 Renewed: your access runs until/u);
  expect(await customer.paidUntil()).toBe(first + 30 * dayMs);
  expect(await customer.balance()).toEqual({ RUB: price });
  await app.pass(calendar, 27 * dayMs);
  expect(await listRenewals()).toEqual([{ state: "settled" }]);
  await app.pass(calendar, 3 * dayMs);
  await eventually(async () => expect(await listRenewals()).toHaveLength(2));
  await eventually(async () => expect(await customer.paidUntil()).toBe(first + 60 * dayMs));
  expect(await customer.balance()).toEqual({});
  const texts = await person.listTexts();
  expect(texts.filter((text) => text.startsWith("🔁 Renewed"))).toHaveLength(2);
  // The reminder says that there is nothing to do.
  expect(texts.filter((text) => /there is nothing to do/u.test(text))).toHaveLength(2);
  expect(texts.filter((text) => /⏳ \d day/u.test(text))).toEqual([]);
});

test("a balance that is too small is told of twice, and topped up in time it renews", async () => {
  const { person, customer, calendar, agree, listRenewals } = await customerWith(100);
  await agree();
  await app.pass(calendar, 32 * dayMs + hourMs);
  await person.waitForMessage(/needs 300 ₽, and your balance has less[^]*Top up/u);
  expect(await listRenewals()).toEqual([]);
  const order = await customer.order({ plan: "family" });
  await customer.pay(order, money(price, "RUB"));
  await person.waitForMessage(/is missing/u);
  await app.pass(calendar, 22 * hourMs);
  await person.waitForMessage(/🔁 Renewed/u);
  expect(await listRenewals()).toEqual([{ state: "settled" }]);
});

test("without a top-up nothing is taken, and the last notice says that it is the last", async () => {
  const { person, calendar, agree, listRenewals } = await customerWith(100);
  await agree();
  await app.pass(calendar, 34 * dayMs);
  await person.waitForMessage(/needs 300 ₽[^]*Pay now to stay connected/u);
  expect(await listRenewals()).toEqual([]);
});

test("a refunded renewal is not charged again for the same period", async () => {
  const admin = await app.admin();
  const { person, customer, calendar, agree, listRenewals } = await customerWith(2 * price);
  await agree();
  const first = await customer.paidUntil();
  await app.pass(calendar, 32 * dayMs + hourMs);
  await person.waitForMessage(/🔁 Renewed/u);
  const [renewal] = await app.rows<{ id: string }>(
    `select p.id from payments p join customers c on c.id = p.customer_id
      where c.telegram_id = ? and p.recurs = 'renews'`,
    [person.id],
  );
  await admin.send(`/refund ${renewal!.id} 300 test`);
  await eventually(async () => expect(await customer.paidUntil()).toBe(first));
  await app.pass(calendar, 22 * hourMs);
  await eventually(async () => expect(await listRenewals()).toEqual([{ state: "refunded" }]));
  expect(await customer.balance()).toEqual({ RUB: 2 * price });
});

test("a price that has risen since the consent is asked for and not taken; a new consent renews", async () => {
  const { person, calendar, agree, listRenewals } = await customerWith(2 * price);
  await agree();
  const family = { ...planFor("family", { RUB: 60_000 }), order: 1 };
  const dearer = planFor("month", { RUB: price + 1_000 });
  await new Plans(app.books.em).importAll([dearer, family]);
  await app.pass(calendar, 32 * dayMs + hourMs);
  await person.waitForMessage(/now costs 310 ₽, so we did not charge you/u);
  expect(await listRenewals()).toEqual([]);
  await person.pressButton(/^renewal$/u);
  await person.waitForMessage(/On: [^]*now costs 310 ₽\. Nothing is charged until you agree/u);
  await person.pressButton(/^renew-by:balance:RUB$/u);
  await person.pressButton(/^renew-agree:balance:month:2:/u);
  await person.waitForMessage(/🔁 Renewed/u);
  await person.send("/renewal");
  await person.waitForMessage(/On: .*310 ₽ from your balance\.\nNext charge/u);
});
