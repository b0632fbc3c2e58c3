import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { planFor } from "../../drivers/orders.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking, asShown, customerSpeaking } from "../people.ts";

const app = useTestApp({
  gateways: starsAnd(memoryGateway()),
  plans: [planFor("month", { RUB: 30_000, XTR: 250, USDT: 3_500_000 })],
});

async function openOrder(admin: Person): Promise<void> {
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  await admin.pressButton(/^settings:payments$/u);
  await admin.pressButton(/^setting:gateways$/u);
}

/** The labels of the ways to pay that a customer is offered. */
async function offeredTo(bob: Person, language: Language): Promise<string[]> {
  await bob.send("/plans");
  await bob.pressButton(/^plan:month$/u);
  const page = await bob.waitForMessage(asShown(textsIn(language).payments.purchase.howToPay));
  const keys = (page.reply_markup?.inline_keyboard ?? []).flat();
  return keys.filter((key) => key.callback_data?.startsWith("buy:")).map(({ text }) => text);
}

test.each(languages)(
  "an admin orders the ways to pay by arrows, customers see that order with icons (%s)",
  async (language) => {
    const { operations, payments } = textsIn(language);
    const texts = operations.settings;
    const now = texts.page("", "", "\n").split("\n").slice(-2).join("\n");
    const stars = `⭐ ${payments.gateway.name("stars")}`;
    const admin = await adminSpeaking(app, language);
    const bob = await customerSpeaking(app, language);
    const money = language === "en" ? ["300 ₽", "3.5 USDT"] : ["300 ₽", "3,5 USDT"];
    const memories = money.map((amount) => `🧪 memory · ${amount}`);
    expect(await offeredTo(bob, language)).toEqual([...memories, `${stars} · 250 ⭐`]);

    await openOrder(admin);
    const page = await admin.waitForMessage(asShown(`${now}1. 🧪 memory\n2. ${stars}`));
    expect(page.reply_markup?.inline_keyboard?.map((row) => row.map(({ text }) => text))).toEqual([
      ["⬇️ 🧪 memory"],
      [`⬆️ ${stars}`],
      [expect.anything()],
    ]);
    const pressed = await admin.pressButton(/^gateways-move:stars:up:/u);
    expect(pressed.answer?.text).toBe(texts.saved);
    await admin.waitForMessage(asShown(`${now}1. ${stars}\n2. 🧪 memory`));
    await eventually(async () =>
      expect(await offeredTo(bob, language)).toEqual([`${stars} · 250 ⭐`, ...memories]),
    );

    await app.rows("update gateways set active = false where name = 'stars'");
    await openOrder(admin);
    await admin.waitForMessage(asShown(`${texts.notConnected(stars.slice(2))}\n1. 🧪 memory`));
    expect(await offeredTo(bob, language)).toEqual(memories);
    await app.rows("update gateways set active = true where name = 'stars'");

    await openOrder(admin);
    await admin.pressButton(/^setting-reset:gateways:/u);
    await admin.waitForMessage(asShown(`${now}1. 🧪 memory\n2. ${stars}`));
  },
);
