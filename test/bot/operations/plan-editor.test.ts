import { expect, test } from "vitest";
import { partOf, type PlanField } from "../../../domain/payments/plan-change.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer } from "../bot-customer.ts";
import { adminSpeaking, asShown, customerSpeaking, shown } from "../people.ts";

const app = useTestApp();

async function openField(admin: Person, code: string, field: string): Promise<void> {
  await admin.send("/admin");
  await admin.pressButton(/^plans-edit$/u);
  await admin.pressButton(new RegExp(`^plan-edit:${code}$`, "u"));
  const part = partOf(field as PlanField);
  if (part !== undefined) await admin.pressButton(new RegExp(`^plan-part:${code}:${part}$`, "u"));
  await admin.pressButton(new RegExp(`^plan-field:${code}:${field}$`, "u"));
}

async function writeField(admin: Person, [code, field]: [string, string], value: string) {
  await openField(admin, code, field);
  const before = (await admin.chat()).length;
  await admin.pressButton(new RegExp(`^plan-ask:${code}:${field}$`, "u"));
  await eventually(async () => expect((await admin.chat()).length).toBeGreaterThan(before));
  await admin.send(value);
}

const versionsOf = (code: string) =>
  app.rows<{ version: number; prices: object; days: number }>(
    "select version, prices, days from plans where code = ? order by version",
    [code],
  );

test.each(languages)(
  "a changed price is a new version that people are offered, and what was bought stays (%s)",
  async (language) => {
    const { plans, settings } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const order = await bob.buy("month", "memory", "RUB");
    const before = await versionsOf("month");
    await writeField(admin, ["month", "price-RUB"], "cheap");
    await admin.waitForMessage(asShown(settings.wrong(plans.how.price)));
    const price = language === "en" ? "399,50" : "499.50";
    await admin.send(price);
    await admin.waitForMessage(new RegExp(`${plans.names.price("RUB")}: [34]99[.,]50? ₽\n`, "u"));
    const after = await versionsOf("month");
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)?.version).toBe(before.length + 1);
    await bob.person.send("/plans");
    await bob.person.pressButton(/^plan:month$/u);
    await bob.person.button(/[34]99[.,]50? ₽/u);
    await bob.settle(app.memory, order);
    const [bought] = await app.rows("select plan_version, price_minor from payments where id = ?", [
      order,
    ]);
    expect(bought).toMatchObject({ plan_version: before.length });
  },
);

test.each(languages)("a plan is taken off sale and put back by buttons (%s)", async (language) => {
  const { plans, settings } = textsIn(language).operations;
  const admin = await adminSpeaking(app, language);
  const bob = await customerSpeaking(app, language);
  await openField(admin, "family", "sale");
  const pressed = await admin.pressButton(/^plan-set:family:sale:off:/u);
  expect(pressed.answer?.text).toBe(settings.saved);
  await admin.waitForMessage(
    asShown(settings.changed(plans.names.sale, plans.modes.off, plans.effect)),
  );
  await bob.send("/plans");
  const { messageId } = await bob.button(/^plan:month$/u);
  const page = (await bob.chat()).find((message) => message.message_id === messageId);
  expect(JSON.stringify(page?.reply_markup)).not.toContain("plan:family");
  await openField(admin, "family", "sale");
  await admin.pressButton(/^plan-set:family:sale:all:/u);
  await bob.send("/plans");
  await bob.button(/^plan:family$/u);
});

test.each(languages)("a new plan is named, priced and then sold (%s)", async (language) => {
  const { plans } = textsIn(language).operations;
  const admin = await adminSpeaking(app, language);
  const bob = await customerSpeaking(app, language);
  const name = `Weekend ${language}`;
  await admin.send("/admin");
  await admin.pressButton(/^plans-edit$/u);
  await admin.pressButton(/^plan-new$/u);
  await admin.waitForMessage(asShown(plans.askName));
  await admin.send(name);
  await admin.waitForMessage(asShown(plans.added));
  const { data } = await admin.button(/^plan-part:plan-\d+:prices$/u);
  const code = data.split(":")[1]!;
  await openField(admin, code, "sale");
  const early = await admin.pressButton(new RegExp(`^plan-set:${code}:sale:all:`, "u"));
  expect(early.answer).toMatchObject({ text: shown(plans.noPrice), show_alert: true });
  await writeField(admin, [code, "price-RUB"], "100");
  await admin.waitForMessage(/: 100 ₽\n/u);
  await openField(admin, code, "days");
  await admin.pressButton(new RegExp(`^plan-set:${code}:days:7:`, "u"));
  await openField(admin, code, "sale");
  await admin.pressButton(new RegExp(`^plan-set:${code}:sale:all:`, "u"));
  await bob.send("/plans");
  await bob.button(new RegExp(`${name}.* 100 ₽`, "u"));
  expect((await versionsOf(code)).at(-1)).toMatchObject({ days: 7, prices: { RUB: 10_000 } });
});

test("prices come in the shop's order of currencies", async () => {
  const admin = await adminSpeaking(app, "en");
  const bob = await app.customer();
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  await admin.pressButton(/^settings:payments$/u);
  await admin.pressButton(/^setting:currencies$/u);
  await admin.pressButton(/^setting-ask:currencies$/u);
  await admin.waitForMessage(/Send codes in their order/u);
  await admin.send("USDT XTR");
  await admin.waitForMessage(/✅ Currencies: USDT, XTR\n/u);
  await bob.send("/plans");
  await bob.pressButton(/^plan:family$/u);
  const page = await eventually(async () => {
    const found = (await bob.chat()).findLast(({ reply_markup: markup }) =>
      markup?.inline_keyboard
        ?.flat()
        .some(({ callback_data: one }) => one?.startsWith("buy:family:")),
    );
    if (found === undefined) throw new Error("no page yet");
    return found;
  });
  const codes = page.reply_markup!.inline_keyboard!.flat().map(({ callback_data: one }) => one);
  const order = codes.filter((one) => one?.startsWith("buy:")).map((one) => one!.split(":")[4]);
  expect(order).toEqual(["USDT", "XTR", "RUB", "GRAM"].filter((code) => order.includes(code)));
  expect(order.length).toBeGreaterThan(1);
});
