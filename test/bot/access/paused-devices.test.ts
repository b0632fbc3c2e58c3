import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { identitiesOf, peersOf } from "../../drivers/access.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { limitedPlan, planFor } from "../../drivers/shop.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { walkMenu } from "../menu-walk.ts";
import { asShown, customerSpeaking, devicesOf, forgePress } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({
  gateways: starsAnd(memory),
  plans: [limitedPlan, { ...planFor("month", { RUB: 30_000 }), order: 1 }],
});

type Language = (typeof languages)[number];

const waitForPeers = (person: Person, keys: readonly (string | undefined)[]) =>
  eventually(async () => expect(await peersOf(app, person)).toEqual(keys));

/** Somebody on a trial for three devices, who uses two of them. */
async function openCustomer(language: Language = "en"): Promise<BotCustomer> {
  const bob = new BotCustomer(app, await customerSpeaking(app, language));
  await bob.person.send("/devices");
  await bob.person.pressButton(/^device-add/u);
  await eventually(async () => expect(await peersOf(app, bob.person)).toHaveLength(2));
  return bob;
}

/** Buys the plan for one device, and presses what must be pressed before it. */
async function buySmall(bob: BotCustomer): Promise<void> {
  await bob.settle(memory, await bob.buy("small", "memory", "RUB"));
}

/** Opens the page of one device, by its place among them. */
async function openDevice({ person }: BotCustomer, place: number): Promise<string> {
  const { id } = (await devicesOf(app, person))[place]!;
  await person.send("/devices");
  await person.pressButton(new RegExp(`^device-open:${id}$`, "u"));
  await person.button(new RegExp(`^device-sure-revoke:${id}$`, "u"));
  return id;
}

test.each(languages)(
  "a plan for fewer devices says before it is paid which are paused, and pauses them when it is (%s)",
  async (language) => {
    const { payments, access } = textsIn(language);
    const bob = await openCustomer(language);
    const { person } = bob;
    const [first] = await identitiesOf(app, person);
    const [, second] = await devicesOf(app, person);
    const page = await bob.pickPlan("small");
    expect(page.text).toMatch(asShown(payments.purchase.devicesPaused(1, [second!.name])));
    expect(JSON.stringify(page.reply_markup)).not.toContain('"buy:');
    await buySmall(bob);
    await person.waitForMessage(asShown(access.device.planPaused(1, [second!.name])));
    await waitForPeers(person, [first]);
    await person.send("/devices");
    await person.waitForMessage(asShown(access.device.listTitle(1, 1)));
    await person.waitForMessage(asShown(access.device.line(second!.name, access.seen.paused)));
    await person.send("/start");
    await person.waitForMessage(asShown(access.home.devicesPaused(1)));
    // The same plan again pauses nothing more, so there is nothing to confirm.
    expect(JSON.stringify((await bob.pickPlan("small")).reply_markup)).toContain('"buy:small');
  },
);

test.each(languages)(
  "the customer chooses which device to use, and its key stays the same (%s)",
  async (language) => {
    const { access } = textsIn(language);
    const bob = await openCustomer(language);
    const { person } = bob;
    const [first, second] = await identitiesOf(app, person);
    const [oldest, newest] = await devicesOf(app, person);
    await buySmall(bob);
    await waitForPeers(person, [first]);
    const id = await openDevice(bob, 1);
    await person.waitForMessage(asShown(access.device.paused(newest!.name, 1, oldest!.name)));
    const button = await person.button(new RegExp(`^device-use:${id}`, "u"));
    await Promise.all([
      person.press(button.messageId, button.data),
      person.press(button.messageId, button.data),
    ]);
    await person.waitForMessage(asShown(access.device.used(newest!.name, oldest!.name)));
    await waitForPeers(person, [second]);
    await openDevice(bob, 0);
    await person.pressButton(new RegExp(`^device-use:${oldest!.id}`, "u"));
    await waitForPeers(person, [first]);
    expect(await identitiesOf(app, person)).toEqual([first, second]);
  },
);

test("a paused device gets no key, and a new key of it works once there is room", async () => {
  const { device } = textsIn("en").access;
  const bob = await openCustomer();
  const { person } = bob;
  const [first] = await identitiesOf(app, person);
  await buySmall(bob);
  await waitForPeers(person, [first]);
  const keys = (await person.listKeys()).length;
  const id = await openDevice(bob, 1);
  const { messageId } = await person.button(/^device-sure-revoke/u);
  await forgePress(app, person, { messageId, data: `device-show:${id}:0123abcd` });
  await person.waitForMessage(asShown(device.isPaused(1)));
  await forgePress(app, person, { messageId, data: `device-reissue:${id}:0123abcd` });
  await eventually(async () => {
    const said = (await person.listTexts()).filter((text) =>
      asShown(device.isPaused(1)).test(text),
    );
    expect(said).toHaveLength(2);
  });
  const [, renewed] = await devicesOf(app, person);
  await waitForPeers(person, [first]);
  expect(await person.listKeys()).toHaveLength(keys);
  await bob.settle(memory, await bob.buy("month", "memory", "RUB"));
  await waitForPeers(person, [first, renewed!.public_key]);
  await eventually(async () => expect(await person.listKeys()).toHaveLength(keys + 1));
});

test.each(languages)(
  "who asks for a key and has several devices is shown which of them are off, and what helps (%s)",
  async (language) => {
    const { access } = textsIn(language);
    const bob = await openCustomer(language);
    const { person } = bob;
    await buySmall(bob);
    await eventually(async () => expect(await peersOf(app, person)).toHaveLength(1));
    const [oldest, newest] = await devicesOf(app, person);
    await person.send("/connect");
    await person.pressButton(/^platform:android$/u);
    await person.pressButton(/^connect-key:android$/u);
    const page = await person.waitForMessage(asShown(access.connect.which));
    const labels = page.reply_markup?.inline_keyboard?.flat().map(({ text }) => text) ?? [];
    expect(labels.slice(0, 2)).toEqual([
      expect.stringContaining(`📱 ${oldest!.name.slice(0, 10)}`),
      expect.stringContaining(`⏸ ${newest!.name.slice(0, 10)}`),
    ]);
    await person.pressButton(new RegExp(`^device-open:${newest!.id}$`, "u"));
    await person.waitForMessage(asShown(access.device.paused(newest!.name, 1, oldest!.name)));
  },
);

test("a paused device comes back when another is removed, and when a place is bought", async () => {
  const bob = await openCustomer();
  const { person } = bob;
  const [first, second] = await identitiesOf(app, person);
  await buySmall(bob);
  await waitForPeers(person, [first]);
  await person.send("/devices");
  const { messageId } = await person.button(/^add-on:device$/u);
  await person.press(messageId, "add-on:device");
  const known = new Set((await bob.listOrders()).map(({ id }) => id));
  await person.pressButton(/^add-pay:d:memory:RUB:/u);
  const id = await eventually(async () => {
    const fresh = (await bob.listOrders()).find((one) => !known.has(one.id));
    if (fresh === undefined) throw new Error("no order yet");
    return fresh.id;
  });
  await bob.settle(memory, id);
  await waitForPeers(person, [first, second]);
  await app.rows(`update add_ons set until = now() - interval '1 day' where payment_id = ?`, [id]);
  await app.rows(
    `update accesses set ends_at = now() - interval '1 day' where ends_at is not null`,
  );
  await app.elapse(0);
  await waitForPeers(person, [first]);
  await openDevice(bob, 0);
  await person.pressButton(/^device-sure-revoke/u);
  await person.pressButton(/^device-revoke/u);
  await waitForPeers(person, [second]);
});

test("a device beyond the limit is not added", async () => {
  const { device } = textsIn("en").access;
  const bob = await openCustomer();
  await bob.person.send("/devices");
  const { messageId } = await bob.person.button(/^device-add/u);
  await buySmall(bob);
  await bob.person.waitForMessage(asShown(device.planPaused(1, ["x"]).split("x")[0]!));
  await forgePress(app, bob.person, { messageId, data: "device-add:0123abcd" });
  await bob.person.waitForMessage(asShown(device.limit(1, true)));
  expect(await devicesOf(app, bob.person)).toHaveLength(2);
});

test.each(languages)(
  "every button of somebody with a paused device leads somewhere (%s)",
  async (language) => {
    const bob = await openCustomer(language);
    await buySmall(bob);
    await eventually(async () => expect(await peersOf(app, bob.person)).toHaveLength(1));
    const left = /^(?:device-revoke|device-text|buy|begin|add-pay|top-up-pay):?/u;
    const seen = await walkMenu({ person: bob.person, app }, left);
    expect(seen).toContain("device-open:<id>");
  },
);
