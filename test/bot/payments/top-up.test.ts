import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { changeShop } from "../../../client/operations.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { languages } from "../../../domain/people/customer.ts";
import { money } from "../../../domain/money.ts";
import { textsIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking, asShown, customerSpeaking, forgePress, shown } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });

async function openTopUp(person: Person): Promise<number> {
  await person.send("/balance");
  const { messageId } = await person.button(/^top-up$/u);
  await person.press(messageId, "top-up");
  return messageId;
}

/** The labels on a message's buttons, and their data. */
async function keysOf(person: Person, messageId: number) {
  const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
  return (page?.reply_markup?.inline_keyboard ?? []).flat().map(({ text, callback_data: data }) => {
    return { text, data: data ?? "" };
  });
}

test.each(languages)(
  "a balance is topped up by one message, is told to buyer and seller, and pays for a plan first (%s)",
  async (language) => {
    const { payments, operations } = textsIn(language);
    const price = moneyIn(language, money(30_000, "RUB"));
    const admin = await adminSpeaking(app, language);
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const { person } = bob;
    const messageId = await openTopUp(person);
    await person.waitForMessage(asShown(payments.topUp.choose));
    const first = language === "ru" ? "RUB" : "USDT";
    const keys = await keysOf(person, messageId);
    expect(keys[0]?.data).toMatch(new RegExp(`^top-up-by:${first}:\\d+$`, "u"));
    expect(keys.map(({ data }) => data)).toContain("top-up:XTR");
    if (language === "en") await person.pressButton(/^top-up:RUB$/u);
    await person.pressButton(/^top-up-by:RUB:30000$/u);
    await person.waitForMessage(asShown(payments.topUp.howToPay(price)));
    expect((await keysOf(person, messageId)).map(({ text }) => text)[0]).toBe(
      `🧪 memory · ${price}`,
    );
    const before = (await person.chat()).length;
    const { data } = await person.button(/^top-up-pay:memory:RUB:30000:/u);
    await Promise.all([person.press(messageId, data), person.press(messageId, data)]);
    await person.waitForMessage(asShown(payments.topUp.title));
    const [order, ...others] = await bob.listOrders();
    expect(others).toEqual([]);
    await bob.settle(memory, order!.id);
    await person.waitForMessage(asShown(payments.topUp.done(price)));
    // The invoice is where the page was; the notice is the one new message.
    expect(await person.chat()).toHaveLength(before + 1);
    await admin.waitForMessage(
      asShown(
        operations.sale
          .toppedUp({
            price,
            gateway: "memory",
            name: "",
            username: "",
          })
          .split("\n")
          .at(-1)!,
      ),
    );
    await person.send("/balance");
    await person.waitForMessage(asShown(`${payments.balance.title}: ${price}`));
    await person.send("/payments");
    await person.waitForMessage(asShown(`: ${payments.topUp.title}, `));
    const page = await bob.pickPlan("month");
    const [offered] = (page.reply_markup?.inline_keyboard ?? []).flat();
    expect(offered?.callback_data).toMatch(/^buy:month:1:balance:RUB:/u);
    await bob.buy("month", "balance", "RUB");
    await eventually(async () => {
      const states = (await bob.listOrders()).map(({ state }) => state);
      expect(states).toEqual(["settled", "settled"]);
    });
    await person.send("/balance");
    await person.waitForMessage(asShown(payments.balance.none));
  },
);

test.each(languages)("any amount within the limits can be typed (%s)", async (language) => {
  const { topUp } = textsIn(language).payments;
  const rubles = (minor: number) => moneyIn(language, money(minor, "RUB"));
  const limits = [rubles(5_000), rubles(5_000_000)] as const;
  const person = await customerSpeaking(app, language);
  const messageId = await openTopUp(person);
  if (language === "en") await person.press(messageId, "top-up:RUB");
  await person.pressButton(/^top-up-ask:RUB$/u);
  await person.waitForMessage(asShown(topUp.ask(...limits)));
  for (const [written, said] of [
    ["ten", topUp.notAmount(...limits)],
    ["1e9", topUp.notAmount(...limits)],
    ["100\n200", topUp.notAmount(...limits)],
    ["50 60", topUp.notAmount(...limits)],
    [".5", topUp.tooSmall(...limits)],
    ["50 or 100", topUp.notAmount(...limits)],
    ["−60", topUp.notAmount(...limits)],
    ["49,99", topUp.tooSmall(...limits)],
    ["0,125", topUp.notAmount(...limits)],
    ["1,000,000.00", topUp.tooLarge(...limits)],
    ["50000.01", topUp.tooLarge(...limits)],
    ["1 234,50 ₽", topUp.howToPay(rubles(123_450))],
  ] as const) {
    const before = (await person.listTexts()).length;
    await person.send(written);
    await eventually(async () => {
      const fresh = (await person.listTexts()).slice(before);
      expect(fresh.join("\n")).toMatch(asShown(said));
    });
  }
  await person.button(/^top-up-pay:memory:RUB:123450:/u);
});

test.each(languages)(
  "whoever answers a question by something without words reads that text is wanted (%s)",
  async (language) => {
    const { answer } = textsIn(language).messaging;
    const person = await customerSpeaking(app, language);
    const messageId = await openTopUp(person);
    await person.forgePress(messageId, "top-up-ask:RUB");
    const said = async (send: () => Promise<unknown>, wanted: string) => {
      const before = (await person.listTexts()).length;
      await send();
      await eventually(async () => {
        expect((await person.listTexts()).slice(before)).toEqual([shown(wanted)]);
      });
    };
    await person.waitForMessage(/50/u);
    await said(() => person.sendOther("sticker"), answer.textWanted);
    await said(() => person.sendOther("location"), answer.textWanted);
    await said(() => person.sendFile("photo", "100"), answer.textWanted);
    await person.forward("100");
    await person.button(/^top-up-pay:memory:RUB:10000:/u);
    await said(() => person.sendOther("sticker"), answer.unknownCommand);
  },
);

test("an amount that nobody is offered, and a currency that no gateway takes, make no order", async () => {
  const { payments } = textsIn("en");
  const bob = new BotCustomer(app, await app.customer());
  const { person } = bob;
  const messageId = await openTopUp(person);
  for (const [data, said] of [
    ["top-up-pay:memory:RUB:1:0123abcd", payments.notOpened.wrongAmount],
    ["top-up-pay:memory:XTR:100:0123abcd", payments.notOpened.gatewayOff],
    ["top-up-pay:balance:RUB:30000:0123abcd", payments.notOpened.gatewayOff],
  ] as const) {
    await forgePress(app, person, { messageId, data });
    await person.waitForMessage(asShown(said));
  }
  await forgePress(app, person, { messageId, data: "top-up-by:RUB:1" });
  await person.waitForMessage(asShown(payments.topUp.tooSmall("50 ₽", "50,000 ₽")));
  expect(await bob.listOrders()).toEqual([]);
});

test("Stars top up a balance in Stars", async () => {
  const bob = new BotCustomer(app, await app.customer());
  const { person } = bob;
  const messageId = await openTopUp(person);
  await person.press(messageId, "top-up:XTR");
  await person.pressButton(/^top-up-by:XTR:250$/u);
  await person.pressButton(/^top-up-pay:stars:XTR:250:/u);
  await bob.payStarsInvoice();
  await person.waitForMessage(asShown(textsIn("en").payments.topUp.done("250 ⭐")));
  await person.send("/balance");
  await person.waitForMessage(/Your balance: 250 ⭐/u);
});

test("an owner switches top-ups off, and sets the amounts", async () => {
  const person = await app.customer();
  const set = (value: string) =>
    changeShop(new DurableClient(app.client), {
      requestId: randomUUID(),
      by: operator,
      change: { kind: "setting", key: "top-ups", value },
    });
  const dataOf = async (messageId: number) =>
    (await keysOf(person, messageId)).map(({ data }) => data);
  await set("RUB 777");
  await eventually(async () => {
    expect(await dataOf(await openTopUp(person))).toContain("top-up-by:RUB:77700");
  });
  await set("off");
  await eventually(async () => {
    await person.send("/balance");
    const { message_id: id } = await person.waitForMessage(/balance is empty/u);
    expect(await dataOf(id)).not.toContain("top-up");
  });
  await set("usual");
});
