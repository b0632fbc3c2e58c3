import { expect, test } from "vitest";
import { PlanQueries } from "../../../db/queries/payments/plans.ts";
import { languages } from "../../../domain/people/customer.ts";
import { dayMs, instant, minuteMs } from "../../../domain/time.ts";
import { dayIn, textsIn } from "../../../texts/index.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { planFor } from "../../drivers/orders.ts";
import type { Person } from "../../drivers/person.ts";
import { deleteWorkflow } from "../../drivers/retention.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, buyDataIn, memoryGateway, starsAnd } from "../bot-customer.ts";
import { customerSpeaking, forgePress } from "../people.ts";

const memory = memoryGateway();
const rough = "<b>Rough</b> & \u202Eready";
const app = useTestApp({
  gateways: starsAnd(memory),
  plans: [
    planFor("month", { RUB: 30_000, XTR: 250 }),
    {
      ...planFor("family", { RUB: 60_000, XTR: 1_000 }),
      order: 1,
      trafficLimitBytes: 100 * 1024 ** 3,
    },
    { ...planFor("rough", { RUB: 100, EUR: 100 }), order: 2, names: { en: rough, ru: rough } },
    { ...planFor("gold", { RUB: 1 }), order: 3, hidden: true },
    { ...planFor("abroad", { EUR: 100 }), order: 4 },
  ],
});
const createCustomer = async () => new BotCustomer(app, await app.customer());

const untilOf = async (one: BotCustomer, language: "en" | "ru" = "en") =>
  dayIn({ language, zone: "UTC" }, instant(await one.paidUntil()), instant(new Date()));

test.each(languages)(
  "/plans shows what can be paid now, and nothing else (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = await customerSpeaking(app, language);
    await bob.send("/plans");
    const { text = "", reply_markup: keys } = await bob.waitForMessage(/💳/u);
    expect(text).toContain(language === "en" ? "The plan month" : "Тариф month");
    expect(text.match(/100 GB of traffic|трафик 100 ГБ/gu)).toHaveLength(1);
    // No gateway takes euros here; a hidden plan is for those who have it.
    expect(text).not.toMatch(/€|gold|abroad/u);
    expect(text).toContain(rough);
    const labels = (keys?.inline_keyboard ?? []).flat().map((button) => button.text);
    const [month, family] = language === "en" ? ["250 ⭐", "1,000 ⭐"] : ["300 ₽", "600 ₽"];
    const name = (plan: string) => (language === "en" ? plan : `${plan} (рус.)`);
    expect(labels.slice(0, 2)).toEqual([
      `${name("month")} · ${month}`,
      `${name("family")} · ${family}`,
    ]);
    expect(labels[2]).toMatch(/^🔥 <b>Rough.* · 1 ₽$/u);
    expect(text.split("\n\n").at(-1)).toMatch(/^🔥/u);
    await bob.pressButton(/^plan:month$/u);
    const page = await bob.waitForMessage(
      new RegExp(texts.payments.purchase.howToPay.replace("?", "\\?"), "u"),
    );
    const buttons = (page.reply_markup?.inline_keyboard ?? []).flat();
    expect(buttons.map(({ callback_data: data }) => data)).toEqual([
      expect.stringMatching(/^buy:month:1:memory:RUB:[0-9a-f]{8}$/u),
      expect.stringMatching(/^buy:month:1:stars:XTR:[0-9a-f]{8}$/u),
      "begin-by:month:stars:XTR",
      "plans",
    ]);
    await bob.pressButton(/^plans$/u);
    await eventually(async () => expect((await bob.listTexts()).at(-1)).toBe(text));
  },
);

test("the preview of the time is what paying then does", async () => {
  const bob = await createCustomer();
  const before = await untilOf(bob);
  const page = await bob.pickPlan("month");
  expect(page.text).toContain(`Your access runs until ${before}.`);
  const id = await bob.buy("month", "memory", "RUB");
  await bob.settle(memory, id);
  await bob.person.waitForMessage(/Paid\. Your access/u);
  expect(page.text).toContain(`After payment: until ${await untilOf(bob)}, 33 days from now.`);
});

test("time of another plan is converted by what was paid for it; who loses days presses twice", async () => {
  const bob = await createCustomer();
  await bob.settle(memory, await bob.buy("month", "memory", "RUB"));
  await bob.person.waitForMessage(/Paid\. Your access/u);
  const page = await bob.pickPlan("family");
  const said = page.text?.split("\n").filter((line) => /become|After payment|lose/u.test(line));
  // The trial's three days are free, so they are not converted.
  expect(said).toEqual([
    "Your remaining time on month (30 days) becomes 15 days on family.",
    expect.stringMatching(/^After payment: until .*\.$/u),
    "⚠️ If you change the plan, you lose 15 days.",
  ]);
  expect(JSON.stringify(page.reply_markup)).not.toContain("buy:");
  const before = await bob.paidUntil();

  await bob.buy("family", "stars", "XTR");
  await bob.payStarsInvoice();
  // What is left is converted when it is paid: some seconds after it was shown.
  await eventually(async () => {
    const change = (await bob.paidUntil()) - (before + 15 * dayMs);
    expect(Math.abs(change)).toBeLessThan(2 * minuteMs);
  });
  expect(said?.[1]).toContain(await untilOf(bob));
  const again = await bob.pickPlan("family");
  expect(again.text).not.toMatch(/become/u);
});

test("a double tap is one order, a later tap is answered so, and a new page becomes the open invoice", async () => {
  const bob = await createCustomer();
  const page = await bob.pickPlan("month");
  const data = buyDataIn(page, "month", "memory:RUB");
  const press = () => forgePress(app, bob.person, { messageId: page.message_id, data });
  const said = (await Promise.all([press(), press()])).map((answer) => answer?.text);
  const { messaging, payments } = textsIn("en");
  const { alreadyOrdered } = payments.purchase;
  expect(new Set(said)).toEqual(new Set([messaging.answer.working, alreadyOrdered]));
  await bob.person.waitForMessage(/Waiting for your payment/u);
  expect((await press())?.text).toBe(alreadyOrdered);
  const other = await bob.pickPlan("month");
  await bob.person.press(other.message_id, buyDataIn(other, "month", "memory:RUB"));
  await eventually(async () => {
    const chat = await bob.person.chat();
    const bills = chat.filter(({ text = "" }) => /Waiting for your/u.test(text));
    expect(bills.map((one) => one.message_id)).toEqual([page.message_id, other.message_id]);
  });
  expect(await bob.listOrders()).toHaveLength(1);
});

test("a button of a closed order that Temporal has deleted says so, and opens no order", async () => {
  const bob = await createCustomer();
  const page = await bob.pickPlan("month");
  const data = buyDataIn(page, "month", "memory:RUB");
  await bob.person.press(page.message_id, data);
  await bob.person.waitForMessage(/Waiting for your payment/u);
  const [order] = await bob.listOrders();
  await bob.settle(memory, order!.id);
  await bob.person.waitForMessage(/Paid\. Your access/u);
  const { client } = app;
  const payment = client.workflow.getHandle(workflowIds.payment(order!.id));
  await payment.result();
  await deleteWorkflow(app, payment.workflowId);
  const late = await forgePress(app, bob.person, { messageId: page.message_id, data });
  expect(late?.text).toBe(textsIn("en").payments.purchase.alreadyOrdered);
  expect(await bob.listOrders()).toHaveLength(1);
});

test("a person without access is told what to do, and buys nothing", async () => {
  const eve = app.person();
  await eve.send("/start");
  const { messageId } = await eve.button(/^captcha:1:/u);
  await eve.send("/plans");
  await eve.waitForMessage(/Press Start to ask for access/u);
  await forgePress(app, eve, { messageId, data: "buy:month:1:memory:RUB" });
  await eventually(async () => {
    const pages = (await eve.listTexts()).filter((text) => /Press Start to ask/u.test(text));
    expect(pages).toHaveLength(2);
  });
  expect(await new BotCustomer(app, eve).listOrders()).toEqual([]);
  const ended = await createCustomer();
  await app.rows("update subscriptions set revoked_at = now() where id = ?", [
    (await app.subscriptionOf(ended.person)).replace("subscription:", ""),
  ]);
  await ended.person.send("/plans");
  await ended.person.waitForMessage(/Your access has been closed/u);
});

test("an offer that does not exist is refused, whatever a modified client sends", async () => {
  const bob = await createCustomer();
  const { message_id: messageId } = await bob.pickPlan("month");
  const { messaging, payments } = textsIn("en");
  const { notOpened, purchase } = payments;
  for (const [data, refusal] of [
    ["buy:nothing:1:memory:RUB", notOpened.notForSale],
    ["buy:gold:1:memory:RUB", notOpened.notForSale],
    ["buy:month:1:memory:EUR", notOpened.notForSale],
    ["buy:month:2:memory:RUB", notOpened.priceChanged],
    ["buy:month:0:memory:RUB", notOpened.priceChanged],
    ["buy:month:1:tbank:RUB", notOpened.gatewayOff],
    ["buy:month:1:stars:RUB", notOpened.gatewayOff],
  ] as const) {
    const received = (await bob.person.listTexts()).length;
    await forgePress(app, bob.person, { messageId, data });
    await eventually(async () =>
      expect((await bob.person.listTexts()).slice(received)).toEqual([refusal]),
    );
  }
  for (const [data, refusal] of [
    ["buy:month:1:memory:DOGE", notOpened.notForSale],
    ["buy:month:1:balance:RUB", purchase.balanceTooSmall],
    ["plan:nothing", notOpened.notForSale],
    ["plan:gold", notOpened.notForSale],
    ["buy:month:1:memory:RUB:1", messaging.answer.oldButton],
  ] as const) {
    expect(await forgePress(app, bob.person, { messageId, data })).toMatchObject({ text: refusal });
  }
  expect(await bob.listOrders()).toEqual([]);
});

test("a plan whose name is markup is shown as it is named, to its buyer and to an admin", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  await bob.person.become({ first_name: "<i>Bob</i> & co" });
  await bob.person.send("/start");
  await bob.person.waitForMessage(/Devices: \d/u);
  const id = await bob.buy("rough", "memory", "RUB");
  await expectShown(bob.person, /🧾[^]*Waiting/u);
  await bob.person.send("/payments");
  await expectShown(bob.person, /Your payments/u);
  await admin.send(`/payment ${id}`);
  const card = await expectShown(admin, new RegExp(`Payment ${id.slice(0, 8)}`, "u"));
  expect(card).toContain("Customer: \u2068<i>Bob</i> & co\u2069");
});

async function expectShown(person: Person, wanted: RegExp): Promise<string> {
  const { text = "", entities = [] } = await person.waitForMessage(wanted);
  expect(text).toContain(rough);
  const bold = entities.filter(({ type }) => type === "bold" || type === "italic");
  const marked = bold.map(({ offset, length }) => text.slice(offset, offset + length));
  expect(marked).not.toContain("Rough");
  return text;
}

test("without a payment method there is nothing to buy", async () => {
  const bob = await createCustomer();
  await app.rows("update gateways set active = false");
  await bob.person.send("/plans");
  await bob.person.waitForMessage(/no plans on sale right now/u);
  await app.rows("update gateways set active = true");
  expect(await new PlanQueries(app.books.em).listPaymentMethods()).toHaveLength(3);
});

test("the home screen counts the orders that wait for a payment", async () => {
  const bob = await createCustomer();
  const page = await bob.pickPlan("month");
  const data = buyDataIn(page, "month", "memory:RUB");
  await bob.person.press(page.message_id, data);
  await bob.person.waitForMessage(/Waiting for your payment/u);
  await bob.person.send("/start");
  await bob.person.waitForMessage(/1 invoice waits/u);
  const [order] = await bob.listOrders();
  await bob.settle(memory, order!.id);
  await bob.person.waitForMessage(/Paid\. Your access/u);
  await bob.person.send("/start");
  await eventually(async () => {
    const home = (await bob.person.listTexts()).at(-1);
    expect(home).toMatch(/Devices: 1/u);
    expect(home).not.toMatch(/invoice/u);
  });
});
