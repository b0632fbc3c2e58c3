import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { changeShop } from "../../../client/operations.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { dayMs } from "../../../domain/time.ts";
import { languages } from "../../../domain/people/customer.ts";
import { money } from "../../../domain/money.ts";
import { textsIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { peersOf } from "../../drivers/access.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { limitedPlan, planFor } from "../../drivers/shop.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { walkMenu } from "../menu-walk.ts";
import { adminSpeaking, asShown, customerSpeaking, forgePress } from "../people.ts";

const gb = 2 ** 30;
const memory = memoryGateway();
const app = useTestApp({
  gateways: starsAnd(memory),
  plans: [limitedPlan, planFor("month", { RUB: 30_000 })],
});
const rub = (language: (typeof languages)[number], minor: number) =>
  moneyIn(language, money(minor, "RUB"));

/** How a notice begins, whatever its amounts and dates are. */
const beginning = (html: string, characters = 12) =>
  asShown(html.split("<b>")[1]!.slice(0, characters));

/** Somebody who speaks this language, has a plan with limits and one device. */
async function openCustomer(language: (typeof languages)[number]): Promise<BotCustomer> {
  const bob = new BotCustomer(app, await customerSpeaking(app, language));
  const order = await bob.buy("small", "memory", "RUB");
  await bob.settle(memory, order);
  await eventually(async () => {
    expect((await bob.listOrders()).map(({ state }) => state)).toEqual(["settled"]);
  });
  return bob;
}

async function moveTraffic(person: Person, bytes: number): Promise<void> {
  const [identity] = await eventually(async () => {
    const there = await peersOf(app, person);
    expect(there).toHaveLength(1);
    return there;
  });
  app.host.carry(identity!, 0, bytes);
}

const dataOf = async (person: Person, messageId: number) => {
  const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
  return (page?.reply_markup?.inline_keyboard ?? []).flat().map(({ callback_data: data }) => data);
};

async function openDevices(person: Person): Promise<number> {
  const before = (await person.chat()).length;
  await person.send("/devices");
  return eventually(async () => {
    const page = (await person.chat())
      .slice(before)
      .find(({ reply_markup: keys }) => JSON.stringify(keys ?? {}).includes("device-open:"));
    if (page === undefined) throw new Error("no page");
    return page.message_id;
  });
}

/** Pays for what the page in this message offers, once, however often it is pressed. */
async function buyAddOn(bob: BotCustomer, messageId: number, data: RegExp): Promise<void> {
  const { person } = bob;
  const known = new Set((await bob.listOrders()).map(({ id }) => id));
  const pressed = await person.button(data);
  expect(pressed.messageId).toBe(messageId);
  await Promise.all([person.press(messageId, pressed.data), person.press(messageId, pressed.data)]);
  const id = await eventually(async () => {
    const [fresh, ...others] = (await bob.listOrders()).filter((one) => !known.has(one.id));
    expect(others).toEqual([]);
    if (fresh === undefined) throw new Error("no order yet");
    return fresh.id;
  });
  await bob.settle(memory, id);
}

test.each(languages)(
  "at the limit of devices one more is offered, bought by one message, and added (%s)",
  async (language) => {
    const { payments, access } = textsIn(language);
    const admin = await adminSpeaking(app, language);
    const bob = await openCustomer(language);
    const { person } = bob;
    const messageId = await openDevices(person);
    await person.waitForMessage(asShown(access.device.listTitle(1, 1)));
    expect(await dataOf(person, messageId)).toContain("add-on:device");
    await person.press(messageId, "add-on:device");
    await person.waitForMessage(beginning(payments.addOn.devicePage("")));
    const before = (await person.chat()).length;
    await buyAddOn(bob, messageId, /^add-pay:d:memory:RUB:1:\d+:/u);
    await person.waitForMessage(beginning(payments.addOn.devicePaid("")));
    // The invoice is where the page was; the notice is the one new message.
    await eventually(async () => expect(await person.chat()).toHaveLength(before + 1));
    await admin.waitForMessage(asShown(payments.addOn.deviceName()));
    const again = await openDevices(person);
    await person.waitForMessage(asShown(access.device.listTitle(1, 2)));
    const add = (await dataOf(person, again)).find((data) => data?.startsWith("device-add"));
    await person.press(again, add!);
    await eventually(async () => expect(await peersOf(app, person)).toHaveLength(2));
    await person.send("/start");
    await person.waitForMessage(asShown(payments.addOn.extraUntil("").trim()));
    await admin.send(`/find ${person.id}`);
    await admin.waitForMessage(asShown(payments.addOn.extraUntil("").trim()));
    await person.send("/payments");
    await person.waitForMessage(asShown(payments.addOn.deviceName()));
  },
);

test.each(languages)(
  "traffic that nears its end is told, used up it is offered, and a pack brings the VPN back (%s)",
  async (language) => {
    const { payments, access } = textsIn(language);
    const bob = await openCustomer(language);
    const { person } = bob;
    const [key] = await eventually(() => peersOf(app, person));
    await person.send("/usage");
    await person.waitForMessage(asShown(access.traffic.title));
    await moveTraffic(person, 4 * gb);
    await person.waitForMessage(beginning(payments.addOn.trafficLow("", ""), 4));
    await moveTraffic(person, gb);
    await person.waitForMessage(beginning(access.subscription.trafficUsedUp("", true), 15));
    await eventually(async () => expect(await peersOf(app, person)).toEqual([]));
    await person.send("/usage");
    const { messageId } = await person.button(/^add-on:traffic$/u);
    await person.press(messageId, "add-on:traffic");
    await person.button(/^add-pay:t:memory:RUB:1:10:/u);
    await buyAddOn(bob, messageId, /^add-pay:t:memory:RUB:1:10:/u);
    await person.waitForMessage(beginning(payments.addOn.trafficPaid("")));
    await eventually(async () => expect(await peersOf(app, person)).toEqual([key]));
    await person.send("/start");
    await person.waitForMessage(/5 (?:GB|ГБ)[^]*15 (?:GB|ГБ)/u);
  },
);

/** Tops up a balance, by minor units. */
async function topUpBy(bob: BotCustomer, minor: number): Promise<void> {
  const { person } = bob;
  await person.send("/balance");
  await person.pressButton(/^top-up$/u);
  await person.pressButton(/^top-up:RUB$/u);
  await person.pressButton(new RegExp(`^top-up-by:RUB:${minor}$`, "u"));
  await person.pressButton(new RegExp(`^top-up-pay:memory:RUB:${minor}:`, "u"));
  const topUp = await eventually(async () => {
    const order = (await bob.listOrders()).at(-1);
    expect(order?.state).toBe("open");
    return order!.id;
  });
  await bob.settle(memory, topUp);
  await person.waitForMessage(/100 ₽ is on your balance/u);
}

/** Buys a pack of traffic with the first button of its page. */
async function buyFromBalance(person: Person, messageId: number): Promise<void> {
  const first = await eventually(async () => {
    const [found] = await dataOf(person, messageId);
    expect(found).toMatch(/^add-pay:t:balance:RUB:1:10:/u);
    return found!;
  });
  await person.press(messageId, first);
  await person.waitForMessage(/Paid\. You have 10 GB more/u);
}

test("what is low is offered on the home and the usage page, and paid from the balance first", async () => {
  const bob = await openCustomer("en");
  const { person } = bob;
  await moveTraffic(person, 4.5 * gb);
  await person.waitForMessage(/Only 512 MB of traffic left/u);
  await topUpBy(bob, 10_000);
  await person.send("/start");
  const { messageId } = await person.button(/^add-on:traffic$/u);
  await person.press(messageId, "add-on:traffic");
  await buyFromBalance(person, messageId);
  await person.send("/balance");
  await person.waitForMessage(
    asShown(`${textsIn("en").payments.balance.title}: ${rub("en", 6_000)}`),
  );
});

test("what is not offered, has changed or is not covered makes no order", async () => {
  const { notOpened, purchase, addOn } = textsIn("en").payments;
  const bob = await openCustomer("en");
  const { person } = bob;
  const messageId = await openDevices(person);
  for (const [data, said] of [
    ["add-pay:t:memory:RUB:2:10:0123abcd", notOpened.addOnChanged],
    ["add-pay:t:memory:RUB:1:11:0123abcd", notOpened.addOnChanged],
    ["add-pay:d:memory:RUB:1:1:0123abcd", notOpened.addOnChanged],
    ["add-pay:t:memory:XTR:1:10:0123abcd", notOpened.addOnChanged],
    ["add-pay:t:nobody:RUB:1:10:0123abcd", notOpened.gatewayOff],
    ["add-pay:t:balance:RUB:1:10:0123abcd", purchase.balanceTooSmall],
  ] as const) {
    const answer = await forgePress(app, person, { messageId, data });
    if (answer?.text === said) continue;
    await person.waitForMessage(asShown(said));
  }
  expect(await bob.listOrders()).toHaveLength(1);
  const eve = await customerSpeaking(app, "en");
  const page = await openDevices(eve);
  await forgePress(app, eve, { messageId: page, data: "add-on:device" });
  await eve.waitForMessage(asShown(addOn.off));
});

test.each(languages)("every button at the limits leads somewhere (%s)", async (language) => {
  const { person } = await openCustomer(language);
  await moveTraffic(person, 4.5 * gb);
  await person.waitForMessage(/512/u);
  const left = /^(?:device-revoke|device-text|buy|begin|add-pay|top-up-pay):?/u;
  const seen = await walkMenu({ person, app }, left);
  expect(seen).toContain("add-on:traffic");
  expect(seen).toContain("add-on:device");
});

test("the day's summary lists what topped up a balance and what was added to a plan", async () => {
  const { addOn, topUp } = textsIn("en").payments;
  const admin = await adminSpeaking(app, "en");
  await changeShop(new DurableClient(app.client), {
    requestId: "sales once a day",
    by: operator,
    change: { kind: "setting", key: "sale-notices", value: "digest" },
  });
  const bob = await openCustomer("en");
  const { person } = bob;
  await person.become({ first_name: "Summed" });
  const messageId = await openDevices(person);
  await person.press(messageId, "add-on:device");
  await buyAddOn(bob, messageId, /^add-pay:d:memory:RUB:1:\d+:/u);
  await person.waitForMessage(beginning(addOn.devicePaid("")));
  await topUpBy(bob, 10_000);
  await moveTraffic(person, 4.5 * gb);
  await person.send("/start");
  const { messageId: home } = await person.button(/^add-on:traffic$/u);
  await person.press(home, "add-on:traffic");
  await buyFromBalance(person, home);
  await app.elapse(2 * dayMs);
  await app.pass("summary", 2 * dayMs);
  const summary = await admin.waitForMessage(/📈[^]*Top-ups: \d[^]*Sales\n[^]*Summed/u);
  const lines = (summary.text ?? "").split("\n").filter((line) => line.includes("Summed"));
  for (const item of ["small", topUp.title, addOn.trafficName("10 GB"), addOn.deviceName()]) {
    expect(lines.filter((line) => line.includes(item))).toHaveLength(1);
  }
  expect(lines).toHaveLength(4);
});
