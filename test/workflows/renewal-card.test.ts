import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../domain/time.ts";
import { buyByCard } from "../bot/payments/card-customer.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTBank } from "../drivers/tbank.ts";
import { useTestApp } from "../drivers/test-app.ts";

const bank = await useTBank();
const app = useTestApp({ gateways: () => [bank.gateway()] });

const month = 30 * dayMs;

/** A customer with 33 days of the month's plan and a saved card. */
async function withCard() {
  bank.notify(app);
  const customer = await buyByCard(app, bank);
  await customer.pay();
  await customer.person.waitForMessage(/💳 Card 220077\*{6}7761 is saved/u);
  return customer;
}

test("a card renews the plan three days before its end, once per period", async () => {
  const { bob, calendar, listRenewals, person, before } = await withCard();
  expect(await bob.paidUntil()).toBe(before + month);
  await app.pass(calendar, 29 * dayMs);
  expect(await listRenewals()).toEqual([]);
  await app.pass(calendar, dayMs + hourMs);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
  await person.waitForMessage(/🔁 Renewed: your access runs until/u);
  await app.pass(calendar, 3 * dayMs);
  expect(await listRenewals()).toMatchObject([{ state: "settled", charges: 1 }]);
});
