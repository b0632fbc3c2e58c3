import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeHost } from "../../client/hosts.ts";
import { money } from "../../domain/money.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { TestCustomer } from "../drivers/test-customer.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();
const price = 30_000;

const change = (kind: "beginMaintenance" | "endMaintenance") => {
  const made = { kind, hostId: app.hostId, texts: {} };
  const request = { requestId: randomUUID(), by: operator, change: made } as const;
  return changeHost(new DurableClient(app.client), request);
};

/** A customer with 33 days of the month's plan, who renews it from so many kopecks. */
async function renewing(balance: number) {
  const person = await app.customer();
  const customer = new TestCustomer(app, person);
  const order = await customer.order();
  await customer.pay(order, money(price + balance, "RUB"));
  await person.waitForMessage(/Paid\. Your access/u);
  await person.send("/renewal");
  await person.pressButton(/^renew-by:balance:RUB$/u);
  await person.pressButton(/^renew-agree:balance:/u);
  await person.waitForMessage(/Auto-renewal is on/u);
  return { person, customer, calendar: await app.subscriptionOf(person) };
}

test("nobody is charged, or asked for money, for a host in maintenance; when it is over, they are", async () => {
  const rich = await renewing(price);
  const poor = await renewing(100);
  await change("beginMaintenance");
  await rich.person.send("/renewal");
  await rich.person.waitForMessage(/Auto-renewal waits until it is over/u);
  // A day before the end of 33 days it would be charged.
  for (const { calendar } of [rich, poor]) await app.pass(calendar, 32 * dayMs + 3 * hourMs);
  expect(await app.rows("select 1 from payments where recurs = 'renews'")).toEqual([]);
  expect(await rich.customer.balance()).toEqual({ RUB: price });
  expect((await poor.person.listTexts()).filter((text) => /needs 300 ₽/u.test(text))).toEqual([]);
  await change("endMaintenance");
  for (const { calendar } of [rich, poor]) await app.pass(calendar, 2 * hourMs);
  await rich.person.waitForMessage(/🔁 Renewed/u);
  await poor.person.waitForMessage(/needs 300 ₽, and your balance has less/u);
});
