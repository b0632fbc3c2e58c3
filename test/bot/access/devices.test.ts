import { expect, test } from "vitest";
import { longestDeviceName } from "../../../bot/commands/access/devices.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import {
  asShown,
  customerSpeaking,
  devicesOf,
  forgePress,
  listPeers,
  newestKey,
} from "../people.ts";

const app = useTestApp();

const exactly = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&"), "u");

/** The text as the chat shows it, without HTML marks, for `exactly`. */
const shown = (html: string) => exactly(html.replaceAll(/<[^>]+>/gu, ""));

test.each(languages)(
  "devices are added up to the plan's limit and no further (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const [{ limit } = { limit: 0 }] = await app.rows<{ limit: number }>(
      `select s.device_limit as limit from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
      [bob.id],
    );
    expect(limit).toBeGreaterThan(1);
    await bob.send("/devices");
    let last = { messageId: 0, data: "" };
    for (let count = 1; count < limit; count += 1) {
      // The list is shown again after each press, with a button for the next device.
      const fresh = await eventually(async () => {
        const button = await bob.button(/^device-add/u);
        expect(button.data).not.toBe(last.data);
        return button;
      });
      last = fresh;
      const pressed = await bob.press(fresh.messageId, fresh.data);
      expect(pressed.answer?.text).toBe(texts.messaging.answer.working);
      await eventually(async () => expect(await bob.listKeys()).toHaveLength(count + 1));
    }
    await forgePress(app, bob, { messageId: last.messageId, data: "device-add:0123abcd" });
    await bob.waitForMessage(shown(texts.access.device.limit(limit)));
    const devices = await devicesOf(app, bob);
    expect(devices).toHaveLength(limit);
    expect(new Set(devices.map(({ name }) => name)).size).toBe(limit);
    const admitted = await listPeers(app);
    expect(devices.map(({ public_key: key }) => admitted.get(key))).toEqual(
      devices.map(({ address }) => address),
    );
    await bob.send("/devices");
    const list = await bob.waitForMessage(shown(texts.access.device.listTitle(limit, limit)));
    const buttons = list.reply_markup?.inline_keyboard?.flat() ?? [];
    expect(buttons.map(({ callback_data: data }) => data)).not.toContain("device-add");
  },
);

test.each(languages)(
  "a device gets the name its owner sends, and its .conf has the shop's (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const [device] = await devicesOf(app, bob);
    await bob.send("/devices");
    await bob.pressButton(new RegExp(`^device-open:${device!.id}$`, "u"));
    await bob.pressButton(/^device-rename:/u);
    const asked = await bob.waitForMessage(
      shown(texts.access.device.askName(device!.name, longestDeviceName)),
    );
    expect(asked.reply_markup?.force_reply).toBe(true);
    // A longer one is refused with the limit, and the question stays open.
    const long = "The tablet in the kitchen ".repeat(2);
    await bob.send(long, asked.message_id);
    const refused = texts.messaging.input.tooLong(long.trim().length, longestDeviceName);
    const again = await bob.waitForMessage(asShown(refused));
    expect(again.reply_markup?.force_reply).toBe(true);
    expect((await devicesOf(app, bob))[0]?.name).toBe(device!.name);
    await bob.send("Kitchen tablet", again.message_id);
    await bob.waitForMessage(shown(texts.access.device.renamed("Kitchen tablet")));
    expect((await devicesOf(app, bob))[0]?.name).toBe("Kitchen tablet");

    await bob.pressButton(new RegExp(`^device-show:${device!.id}`, "u"));
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
    const [before] = await bob.listKeys();
    const { fileName, conf } = await newestKey(bob);
    expect(fileName).toBe("Tollgate.conf");
    const sent = (await bob.chat()).findLast(({ document }) => document !== undefined);
    expect(sent?.caption).toContain("Kitchen tablet");
    expect(conf).toBe(before);

    await bob.send("and another thing");
    await bob.waitForMessage(shown(texts.messaging.answer.unknownCommand));
  },
);

/** The question has become its answer: without its Yes, with the devices and the menu. */
function expectInPlace(answer: Message, question: { readonly messageId: number }): void {
  expect(answer.message_id).toBe(question.messageId);
  const data = answer.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data);
  expect(data).toEqual(["devices", "home"]);
}

test.each(languages)(
  "a new key is another one, and the old one is off the host (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const [before] = await devicesOf(app, bob);
    await bob.send("/devices");
    await bob.pressButton(/^device-open:/u);
    await bob.pressButton(/^device-sure-reissue:/u);
    await bob.waitForMessage(shown(texts.access.device.sureReissue(before!.name)));
    const yes = await bob.button(exactly(texts.access.device.yesReissue));
    await bob.press(yes.messageId, yes.data);
    const answer = await bob.waitForMessage(shown(texts.access.device.keyReplaced(before!.name)));
    expectInPlace(answer, yes);
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
    const [after, ...more] = await devicesOf(app, bob);
    expect(more).toEqual([]);
    expect(after!.id).toBe(before!.id);
    expect(after!.public_key).not.toBe(before!.public_key);
    const [old, fresh] = await bob.listKeys();
    expect(fresh).not.toBe(old);
    await eventually(async () => {
      const admitted = await listPeers(app);
      expect(admitted.get(after!.public_key)).toBe(after!.address);
      expect(admitted.has(before!.public_key)).toBe(false);
    });
  },
);

test("a double tap on Yes makes one new key, and the next question makes another", async () => {
  const bob = await customerSpeaking(app, "en");
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  const keys = async () => (await devicesOf(app, bob)).map((device) => device.public_key);
  const seen = new Set(await keys());
  for (const round of [1, 2]) {
    await bob.pressButton(/^device-sure-reissue:/u);
    const { messageId, data } = await bob.button(/^device-reissue:/u);
    await bob.press(messageId, data);
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(round + 1));
    const [made] = await keys();
    seen.add(made!);
    await bob.forgePress(messageId, data);
    await bob.press(messageId, "devices");
    await bob.pressButton(/^device-open:/u);
    expect(await keys()).toEqual([made]);
  }
  expect(await bob.listKeys()).toHaveLength(3);
  expect(seen.size).toBe(3);
});

test.each(languages)(
  "a removed device is off the host and its place is free again (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const [device] = await devicesOf(app, bob);
    await bob.send("/devices");
    await bob.pressButton(/^device-open:/u);
    await bob.pressButton(/^device-sure-revoke:/u);
    await bob.waitForMessage(shown(texts.access.device.sureRemove(device!.name)));
    const yes = await bob.button(exactly(texts.access.device.yesRemove));
    await bob.press(yes.messageId, yes.data);
    const answer = await bob.waitForMessage(shown(texts.access.device.removed(device!.name)));
    expectInPlace(answer, yes);
    await eventually(async () =>
      expect((await listPeers(app)).has(device!.public_key)).toBe(false),
    );
    expect(await devicesOf(app, bob)).toMatchObject([{ id: device!.id, revoked: true }]);
    await bob.send("/devices");
    await bob.waitForMessage(exactly(texts.access.device.none));
    await bob.pressButton(/^device-add$/u);
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
  },
);

test("a button adds one device, however often it is pressed, whatever the press's id", async () => {
  const bob = await customerSpeaking(app, "en");
  await bob.send("/devices");
  const { messageId, data } = await bob.button(/^device-add/u);
  await bob.press(messageId, data);
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
  await forgePress(app, bob, { messageId, data });
  await forgePress(app, bob, { messageId, data });
  await bob.send("/devices");
  await bob.waitForMessage(/Your devices: 2 of/u);
  expect(await devicesOf(app, bob)).toHaveLength(2);
  expect(await bob.listKeys()).toHaveLength(2);
  expect(new Set(await bob.listKeys()).size).toBe(2);
});

test("a page leads back to where it came from", async () => {
  const bob = await customerSpeaking(app, "en");
  await bob.send("/devices");
  const list = await bob.waitForMessage(/Your devices: 1 of/u);
  const textNow = async () =>
    (await bob.chat()).find(({ message_id: id }) => id === list.message_id)?.text;
  await bob.pressButton(/^device-open:/u);
  const card = await eventually(async () => {
    const text = await textNow();
    expect(text).toMatch(/Address: 10\./u);
    return text;
  });
  await bob.pressButton(/^device-sure-revoke:/u);
  await eventually(async () => expect(await textNow()).toMatch(/^Remove/u));
  await bob.pressButton(/Back/u);
  await eventually(async () => expect(await textNow()).toBe(card));
  await bob.pressButton(/^devices$/u);
  await eventually(async () => expect(await textNow()).toBe(list.text));
});

test("a button on a deleted message is answered with a new message", async () => {
  const bob = await customerSpeaking(app, "en");
  await bob.send("/devices");
  const list = await bob.waitForMessage(/Your devices: 1 of/u);
  const call = `${app.emulatorUrl}/bot123456:TEST/deleteMessage`;
  const { data } = await bob.button(/^device-open:/u);
  const from = { id: bob.id, is_bot: false, first_name: "Bob" };
  const message = { ...list, chat: { id: bob.id, type: "private", first_name: "Bob" } };
  await fetch(call, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ chat_id: bob.id, message_id: list.message_id }),
  });
  await fetch(`${app.emulatorUrl}/control/updates`, {
    method: "POST",
    body: JSON.stringify({
      callback_query: { id: "12345", from, message, chat_instance: "1", data },
    }),
  });
  await bob.waitForMessage(/Address: 10\./u);
});

test("a request for another person's device is refused, whatever the button", async () => {
  const bob = await app.customer();
  const eve = await app.customer();
  const [device] = await devicesOf(app, bob);
  const before = await listPeers(app);
  await eve.send("/devices");
  const { messageId } = await eve.button(/^device-open:/u);
  const kinds = ["open", "show", "rename", "sure-reissue", "sure-revoke", "reissue", "revoke"];
  for (const kind of kinds) {
    await forgePress(app, eve, { messageId, data: `device-${kind}:${device!.id}` });
  }
  await eventually(async () => {
    // What ends a question is refused in its place; a key that is wanted is refused below it.
    const refusals = (await eve.listTexts()).filter((text) => /no longer exists/u.test(text));
    expect(refusals).toHaveLength(["show", "the page of both questions"].length);
  });
  await eve.send("mine now");
  await eve.waitForMessage(/did not understand that/u);
  expect(await devicesOf(app, bob)).toEqual([device]);
  expect(await listPeers(app)).toEqual(before);
  expect(await eve.listKeys()).toHaveLength(1);
});

test("a person without access is sent to Start, whatever they press", async () => {
  const eve = app.person();
  await eve.send("/start");
  const { messageId } = await eve.button(/^captcha:/u);
  for (const data of ["device-add", `device-show:${"0".repeat(8)}-0000-4000-8000-000000000000`]) {
    expect(await forgePress(app, eve, { messageId, data })).toMatchObject({ text: "" });
    await eventually(async () => {
      const page = (await eve.chat()).find(({ message_id: id }) => id === messageId);
      expect(page?.text).toMatch(shown(textsIn("en").access.home.stranger("Tollgate")));
      expect(JSON.stringify(page?.reply_markup)).toContain('"start"');
    });
  }
  await eve.send("/devices");
  await eve.waitForMessage(shown(textsIn("en").access.home.stranger("Tollgate")));
});
