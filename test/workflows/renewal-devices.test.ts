import { expect, test } from "vitest";
import { Plans } from "../../db/payments/plans.ts";
import { money } from "../../domain/money.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";
import { asShown, devicesOf } from "../bot/people.ts";
import { identitiesOf, peersOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { planFor } from "../drivers/orders.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

test("a plan that is for fewer devices since the consent is asked about; a new consent says what it pauses", async () => {
  const { purchase, renewal } = textsIn("en").payments;
  const person = await app.customer();
  const customer = new TestCustomer(app, person);
  const order = await customer.order();
  await customer.pay(order, money(60_000, "RUB"));
  await person.waitForMessage(/Paid\. Your access/u);
  await person.send("/devices");
  await person.pressButton(/^device-add/u);
  await eventually(async () => expect(await peersOf(app, person)).toHaveLength(2));
  const agree = async () => {
    await person.send("/renewal");
    await person.pressButton(/^renew-by:balance:RUB$/u);
    await person.pressButton(/^renew-agree:balance:/u);
  };
  await agree();
  await person.waitForMessage(/Auto-renewal is on: 300 ₽/u);
  const small = { ...planFor("month", { RUB: 30_000 }), deviceLimit: 1 };
  await new Plans(app.books.em).importAll([small]);
  await app.pass(await app.subscriptionOf(person), 32 * dayMs + hourMs);
  await person.waitForMessage(asShown(renewal.asked.devices("x").split("x")[0]!));
  expect(await peersOf(app, person)).toHaveLength(2);
  expect(await customer.balance()).toEqual({ RUB: 30_000 });
  await person.pressButton(/^renewal$/u);
  await person.waitForMessage(asShown(renewal.doubt.devices()));
  const [, second] = await devicesOf(app, person);
  await person.pressButton(/^renew-by:balance:RUB$/u);
  await person.waitForMessage(asShown(purchase.devicesPaused(1, [second!.name])));
  await person.pressButton(/^renew-agree:balance:month:2:/u);
  await person.waitForMessage(/🔁 Renewed/u);
  const [first] = await identitiesOf(app, person);
  await eventually(async () => expect(await peersOf(app, person)).toEqual([first]));
});
