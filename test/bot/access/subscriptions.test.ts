import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { peersOf } from "../../drivers/access.ts";
import { eventually } from "../../drivers/eventually.ts";
import { planFor } from "../../drivers/orders.ts";
import { subscriptionsOf } from "../../drivers/subscriptions.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway } from "../bot-customer.ts";
import { walkMenu } from "../menu-walk.ts";
import { asShown, cardOf, chooseLanguage, customerSpeaking, devicesOf, shown } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({
  gateways: () => [memory],
  plans: [planFor("month", { RUB: 30_000 }), { ...planFor("family", { RUB: 60_000 }), order: 1 }],
});

/** The names of the tests' plans in this language. */
const names = (language: Language, plan: string) => (language === "en" ? plan : `${plan} (рус.)`);

const nameOf = (language: Language, plan: string, number: number) =>
  textsIn(language).access.subscriptions.name(names(language, plan), number);

async function withOne(language: Language = "en"): Promise<BotCustomer> {
  const customer = new BotCustomer(app, await customerSpeaking(app, language));
  await customer.settle(memory, await customer.buy("month", "memory", "RUB"));
  await customer.person.waitForMessage(/Paid\. Your access|Оплачено\. Доступ/u);
  return customer;
}

/** A month, and beside it a month of the family's plan. */
async function withTwo(language: Language = "en"): Promise<BotCustomer> {
  const customer = await withOne(language);
  await customer.settle(memory, await customer.buy("family", "memory", "RUB", true));
  await customer.person.waitForMessage(asShown(nameOf(language, "family", 2)));
  await eventually(async () => expect(await peersOf(app, customer.person)).toHaveLength(2));
  return customer;
}

const idsOf = ({ person }: BotCustomer) => subscriptionsOf(app.books.em, telegramId(person.id));

test.each(languages)(
  "whoever buys with a subscription that goes on says whether it is extended, or a new one begins (%s)",
  async (language) => {
    const { subscriptions } = textsIn(language).access;
    const customer = await withOne(language);
    const { person } = customer;
    await person.send("/plans");
    const question = await person.waitForMessage(asShown(shown(subscriptions.extendOrNew)));
    const labels = (question.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
    expect(labels.slice(0, 2)).toEqual([
      subscriptions.extend(names(language, "month")),
      subscriptions.startNew,
    ]);
    await person.press(question.message_id, "plans~0");
    await person.waitForMessage(asShown(shown(subscriptions.beside)));
    const { data } = await person.button(/^plan:family/u);
    expect(data).toBe("plan:family~0");
    const plans = (await person.chat()).find(({ message_id: it }) => it === question.message_id);
    const back = (plans?.reply_markup?.inline_keyboard ?? []).flat().at(-1);
    expect(back?.callback_data).toBe("home");
    await person.press(question.message_id, data);
    const buy = await person.button(/^buy:family:1:memory:RUB:/u);
    expect(buy.data).toMatch(/~0$/u);
    // A double tap is one payment.
    await Promise.all([1, 2].map(() => person.press(buy.messageId, buy.data)));
    await eventually(async () => expect(await customer.listOrders()).toHaveLength(2));
    const { id } = (await customer.listOrders()).at(-1)!;
    await person.waitForMessage(asShown(subscriptions.newOne(names(language, "family"))));
    await customer.settle(memory, id);
    // The notice names its subscription, and its buttons lead on to that one.
    const notice = await person.waitForMessage(asShown(nameOf(language, "family", 2)));
    const steps = (notice.reply_markup?.inline_keyboard ?? []).flat();
    expect(steps.map((button) => button.callback_data)).toEqual(["connect~2", "home~2"]);
    expect(await idsOf(customer)).toHaveLength(2);
    expect(await customer.listOrders()).toHaveLength(2);
  },
);

test("who has a trial, or no time, is not asked", async () => {
  const trial = new BotCustomer(app, await app.customer());
  await trial.person.send("/plans");
  await trial.person.button(/^plan:month$/u);
  const over = await withOne();
  await app.rows("update subscriptions set paid_until = now() where id = ?", await idsOf(over));
  await over.person.send("/plans");
  await over.person.button(/^plan:family$/u);
});

test.each(languages)(
  "home lists several subscriptions, and each has its page with its own devices (%s)",
  async (language) => {
    const { subscriptions } = textsIn(language).access;
    const { person } = await withTwo(language);
    await person.send("/start");
    const home = await person.waitForMessage(asShown(shown(subscriptions.listTitle)));
    const keys = (home.reply_markup?.inline_keyboard ?? []).flat();
    for (const [plan, number] of [
      ["month", 1],
      ["family", 2],
    ] as const) {
      const name = nameOf(language, plan, number);
      expect(home.text).toContain(name);
      expect(keys).toContainEqual({ text: `✅ ${name}`, callback_data: `home~${number}` });
    }
    await person.press(home.message_id, "home~2");
    await eventually(async () => {
      const page = (await person.chat()).find(({ message_id: id }) => id === home.message_id);
      expect(page?.text).toContain(nameOf(language, "family", 2));
      const data = (page?.reply_markup?.inline_keyboard ?? []).flat();
      expect(data.map((button) => button.callback_data)).toEqual(
        expect.arrayContaining(["connect~2", "devices~2", "plans~2", "renewal~2", "subscriptions"]),
      );
    });
    const [first, second] = await devicesOf(app, person);
    await person.press(home.message_id, "devices~2");
    await person.pressButton(new RegExp(`^device-open:${second!.id}~2$`, "u"));
    await person.pressButton(new RegExp(`^device-sure-revoke:${second!.id}~2$`, "u"));
    await person.pressButton(new RegExp(`^device-revoke:${second!.id}~2$`, "u"));
    await eventually(async () => {
      const left = (await devicesOf(app, person)).filter(({ revoked }) => !revoked);
      expect(left.map(({ id }) => id)).toEqual([first!.id]);
    });
  },
);

test.each(languages)(
  "a command or an old button asks which of several it is about (%s)",
  async (language) => {
    const which = shown(textsIn(language).access.subscriptions.which);
    const { person } = await withTwo(language);
    for (const command of ["connect", "devices", "usage", "renewal"]) {
      const before = (await person.listTexts()).filter((text) => text.includes(which)).length;
      await person.send(`/${command}`);
      await eventually(async () => {
        const asked = (await person.listTexts()).filter((text) => text.includes(which));
        expect(asked).toHaveLength(before + 1);
      });
      const { data } = await person.button(new RegExp(`^${command}.*~2$`, "u"));
      const { messageId } = await person.button(new RegExp(`^${data}$`, "u"));
      await person.press(messageId, data);
      await eventually(async () => {
        const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
        expect(page?.text).not.toContain(which);
      });
    }
    const { messageId } = await person.button(/^home/u);
    await person.forgePress(messageId, "devices");
    await person.waitForMessage(asShown(which));
    // A device says itself whose it is.
    const [, second] = await devicesOf(app, person);
    await person.forgePress(messageId, `device-open:${second!.id}`);
    await person.button(new RegExp(`^device-rename:${second!.id}~2$`, "u"));
  },
);

test("nobody reaches somebody else's subscription by a number or a device", async () => {
  const bob = await withOne();
  const eve = await withTwo();
  const [hers] = await devicesOf(app, eve.person);
  const { messageId } = await bob.person.button(/^home/u);
  await bob.person.forgePress(messageId, "home~2");
  await bob.person.waitForMessage(/✅ Active until/u);
  const { answer } = await bob.person.forgePress(messageId, `device-open:${hers!.id}~1`);
  expect(answer?.text).toBe(textsIn("en").access.device.unknown);
});

test("a device is renamed in the subscription that it belongs to", async () => {
  const { person } = await withTwo();
  const [, second] = await devicesOf(app, person);
  await person.send("/devices");
  await person.pressButton(/^devices~2$/u);
  await person.pressButton(new RegExp(`^device-open:${second!.id}~2$`, "u"));
  await person.pressButton(new RegExp(`^device-rename:${second!.id}~2$`, "u"));
  await person.waitForMessage(/new name/iu);
  await person.send("Kitchen");
  await eventually(async () =>
    expect((await devicesOf(app, person)).map(({ name }) => name)[1]).toBe("Kitchen"),
  );
});

test("an admin sees each subscription on the card, and chooses which one days are given to, or which one ends", async () => {
  const eve = await withTwo();
  const { id } = eve.person;
  const admin = await app.admin();
  const card = await cardOf(admin, eve.person);
  const text = (await admin.chat()).find(({ message_id: it }) => it === card)?.text;
  expect(text).toContain("month · 1");
  expect(text).toContain("family · 2");
  const [first, second] = await idsOf(eve);
  const untilOf = async (of: string | undefined) => {
    const query = "select paid_until as until, revoked_at as over from subscriptions where id = ?";
    const [row] = await app.rows<{ until: string; over: string | null }>(query, [of]);
    return { until: Date.parse(row!.until), isOver: row!.over !== null };
  };
  const one = await untilOf(first);
  const two = await untilOf(second);
  await admin.press(card, `sure-extend:${id}:7`);
  await admin.pressButton(new RegExp(`^sure-extend:${id}:7~2$`, "u"));
  await admin.pressButton(new RegExp(`^act:extend:${id}:7~2$`, "u"));
  const week = 7 * 86_400_000;
  await eventually(async () => expect((await untilOf(second)).until).toBe(two.until + week));
  expect((await untilOf(first)).until).toBe(one.until);
  await admin.send(`/extend ${id} 3`);
  await admin.button(new RegExp(`^sure-extend:${id}:3~1$`, "u"));
  const next = await cardOf(admin, eve.person);
  await admin.press(next, `sure-end:${id}`);
  await admin.pressButton(new RegExp(`^sure-end:${id}~1$`, "u"));
  await admin.pressButton(new RegExp(`^act:revoke:${id}~1$`, "u"));
  await eventually(async () => expect(await untilOf(first)).toMatchObject({ isOver: true }));
  expect(await untilOf(second)).toMatchObject({ isOver: false });
  // What was ended does not count any more: the other one is the only one, and no button that
  // named the first buys for it.
  await eve.person.send("/start");
  const home = await eve.person.waitForMessage(/✅ Active until/u);
  const before = (await eve.listOrders()).length;
  await eve.person.forgePress(home.message_id, "buy:month:1:memory:RUB:0123abcd~1");
  await eve.person.send("/balance");
  await eve.person.waitForMessage(/balance/iu);
  expect(await eve.listOrders()).toHaveLength(before);
});

test("days open again the subscription that was ended, also beside one that goes on", async () => {
  const eve = await withTwo();
  const { id } = eve.person;
  const admin = await app.admin();
  const isOver = async () => {
    const rows = await app.rows<{ over: boolean }>(
      "select revoked_at is not null as over from subscriptions where id in (?, ?) order by number",
      await idsOf(eve),
    );
    return rows.map(({ over }) => over);
  };
  await admin.press(await cardOf(admin, eve.person), `sure-end:${id}`);
  await admin.pressButton(new RegExp(`^sure-end:${id}~1$`, "u"));
  await admin.pressButton(new RegExp(`^act:revoke:${id}~1$`, "u"));
  await eventually(async () => expect(await isOver()).toEqual([true, false]));
  await admin.press(await cardOf(admin, eve.person), `sure-extend:${id}:7`);
  await admin.pressButton(new RegExp(`^sure-extend:${id}:7~1$`, "u"));
  await admin.pressButton(new RegExp(`^act:extend:${id}:7~1$`, "u"));
  await eventually(async () => expect(await isOver()).toEqual([false, false]));
});

test.each(languages)(
  "every button of a customer with two subscriptions leads somewhere (%s)",
  async (language) => {
    const { person } = await withTwo(language);
    const left = /^(?:device-revoke|device-reissue):?/u;
    const seen = await walkMenu({ person, app }, left);
    for (const kind of [
      "home~<n>",
      "connect~<n>",
      "platform:router~<n>",
      "connect-key:iphone~<n>",
      "plans",
      "plans~0",
      "plans~<n>",
      "plan:month~0",
      "devices~<n>",
      "device-open:<id>~<n>",
      "renewal~<n>",
      "subscriptions",
      "balance",
    ]) {
      expect(seen).toContain(kind);
    }
  },
);

test.each(languages)(
  "sales and payments say for which of several subscriptions they are (%s)",
  async (language) => {
    const admin = await chooseLanguage(app, await app.admin(), language);
    const { person } = await withTwo(language);
    const family = asShown(nameOf(language, "family", 2));
    await person.send("/payments");
    await person.waitForMessage(new RegExp(`🧾[^]*${family.source}`, "u"));
    const sale = await admin.waitForMessage(
      new RegExp(`^💰[^]*${person.id}[^]*${family.source}`, "u"),
    );
    const data = sale.reply_markup?.inline_keyboard?.flat().at(-1)?.callback_data ?? "";
    expect(data).toMatch(/^payment:/u);
    await admin.press(sale.message_id, data);
    await admin.waitForMessage(new RegExp(`🧾[^]*${person.id}[^]*${family.source}`, "u"));
    await chooseLanguage(app, admin, "en");
  },
);
