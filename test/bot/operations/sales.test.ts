import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { changeShop } from "../../../client/operations.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import type { SettingKey } from "../../../domain/operations/shop-settings.ts";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { dayMs } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking } from "../people.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });

const set = (key: SettingKey, value: string) =>
  changeShop(new DurableClient(app.client), {
    requestId: `${key}-${value}-${Math.random()}`,
    by: operator,
    change: { kind: "setting", key, value },
  });

/** A sale to a new customer with a name of their own. */
async function sell(name: string) {
  const person = await app.customer();
  await person.become({ first_name: name });
  await person.send("/start");
  await eventually(async () => {
    const query = "select first_name from customers where telegram_id = ?";
    expect(await app.rows(query, [person.id])).toEqual([{ first_name: name }]);
  });
  await new BotCustomer(app, person).buyByStars();
  return person;
}

const summaries = () =>
  app.rows<{ content: { hasSales: boolean } }>(
    "select content from messages where key like 'summary/%' order by id",
  );

test.each(languages)(
  "each sale is told with customer, plan, amount and gateway, and its button is their card (%s)",
  async (language: Language) => {
    const { operations, payments } = textsIn(language);
    const admin = await adminSpeaking(app, language);
    const customer = await sell(`Buyer ${language}`);
    const notice = await admin.waitForMessage(new RegExp(`^💰[^]*Buyer ${language}`, "u"));
    expect(notice.text).toContain("250 ⭐");
    expect(notice.text).toContain(payments.gateway.name("stars"));
    expect(notice.text).toContain("month");
    const button = notice.reply_markup?.inline_keyboard?.[0]?.[0];
    expect(button).toMatchObject({
      text: operations.sale.card,
      callback_data: `customer:${customer.id}`,
    });
    await admin.press(notice.message_id, `customer:${customer.id}`);
    await admin.waitForMessage(new RegExp(`👤[^]*Buyer ${language}[^]*${customer.id}`, "u"));
    const all = (await admin.listTexts()).filter((text) => text.includes(`Buyer ${language}`));
    expect(all.filter((text) => text.startsWith("💰"))).toHaveLength(1);
  },
);

test("as a digest, sales are told once a day, by the day's summary in the shop's zone", async () => {
  await set("zone", "Asia/Kathmandu");
  await set("sale-notices", "digest");
  await set("summary-hour", "off");
  const admin = await adminSpeaking(app, "en");
  await sell("Digested");
  expect(await summaries()).toEqual([]);
  await app.elapse(2 * dayMs);
  await app.pass("summary", 2 * dayMs);
  const summary = await admin.waitForMessage(/Sales: [^]*Digested/u);
  expect(summary.text).toMatch(/^📈 \d+ \w+\nCame in: [^]*⭐[^]*• 250 ⭐[^]*Now\nActive: /u);
  const written = await summaries();
  await app.client.workflow.getHandle("summary").signal("checkNow");
  await app.pass("summary", 1_000);
  expect(await summaries()).toEqual(written);
  const days = await app.rows("select distinct key from messages where key like 'summary/%'");
  expect(days).toHaveLength(written.length);
  expect((await admin.listTexts()).some((text) => /^💰[^]*Digested/u.test(text))).toBe(false);
});

test("where nobody wants to be told, nothing is sent, and the calendar says so", async () => {
  await set("sale-notices", "off");
  await set("summary-hour", "off");
  const before = await summaries();
  await eventually(async () => {
    const { searchAttributes } = await app.client.workflow.getHandle("summary").describe();
    expect(searchAttributes["Stage"]).toEqual(["off"]);
  });
  await sell("Quiet");
  await app.pass("summary", 2 * dayMs);
  expect(await summaries()).toEqual(before);
  const query = "select 1 from messages where key like 'sale/%' and telegram_id = ?";
  const sentBefore = (await app.rows(query, [adminId])).length;
  await set("sale-notices", "each");
  await set("summary-hour", "9");
  await sell("Loud");
  await eventually(async () =>
    expect(await app.rows(query, [adminId])).toHaveLength(sentBefore + 1),
  );
});
