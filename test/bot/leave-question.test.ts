import { expect, test } from "vitest";
import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { chooseLanguage, customerSpeaking, devicesOf } from "./people.ts";

const app = useTestApp({ support: {} });

/** Sends words and waits for what nobody understands to be answered. */
async function sendUnknown(person: Person, words: string, hint: string): Promise<void> {
  const count = async () => (await person.listTexts()).filter((text) => text === hint).length;
  const before = await count();
  await person.send(words);
  await eventually(async () => expect(await count()).toBe(before + 1));
}

test.each(languages)(
  "whatever a customer presses or writes as a command leaves the question before it (%s)",
  async (language) => {
    const { access, messaging } = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const [device] = await devicesOf(app, bob);
    const askName = async () => {
      await bob.send("/devices");
      await bob.pressButton(new RegExp(`^device-open:${device!.id}`, "u"));
      await bob.pressButton(new RegExp(`^device-rename:${device!.id}`, "u"));
      await bob.waitForMessage(/32/u);
    };
    const hint = messaging.answer.unknownCommand;
    await askName();
    await bob.send("/start");
    await sendUnknown(bob, "my vpn does not work", hint);
    await askName();
    await bob.pressButton(/^devices/u);
    await sendUnknown(bob, "my vpn does not work", hint);
    expect(await devicesOf(app, bob)).toMatchObject([{ name: device!.name }]);
    // Without leaving it the answer counts.
    await askName();
    await bob.send("Laptop");
    await bob.waitForMessage(new RegExp(access.device.renamed("Laptop").slice(0, 6), "u"));
    expect(await devicesOf(app, bob)).toMatchObject([{ name: "Laptop" }]);
  },
);

test.each(languages)(
  "what an admin types after another page does not change the shop (%s)",
  async (language) => {
    const { messaging } = textsIn(language);
    const admin = await chooseLanguage(app, await app.admin(), language);
    for (const leave of ["/admin", "/find", "/start", "/help"]) {
      await admin.send("/admin");
      await admin.pressButton(/^settings/u);
      const { messageId } = await admin.button(/^settings?/u);
      await admin.forgePress(messageId, "setting-ask:name");
      await admin.send(leave);
      if (leave === "/find") continue;
      await sendUnknown(admin, "Alice here, is Bob online?", messaging.answer.unknownToStaff);
    }
    expect(await app.rows("select 1 from shop_settings where key = 'name'")).toEqual([]);
    await chooseLanguage(app, admin, "en");
  },
);

test.each(languages)(
  "a reply to what asked for nothing is not a device's name (%s)",
  async (language) => {
    const { access, messaging } = textsIn(language);
    const eve = await customerSpeaking(app, language);
    const key = (await eve.chat()).find(({ from }) => from?.is_bot)!;
    await eve.send("How do I pay by card?", key.message_id);
    await eventually(async () => {
      const texts = await eve.listTexts();
      expect(texts.at(-1)).toBe(messaging.answer.unknownCommand);
      expect(texts).not.toContain(access.device.renameForgotten);
    });
  },
);

test.each(languages)(
  "an old button of an unknown kind shows the menu as it is now (%s)",
  async (language) => {
    const eve = await customerSpeaking(app, language);
    await eve.send("/help");
    const { messageId } = await eve.button(/^support$/u);
    const { answer } = await eve.forgePress(messageId, "a-button-of-another-age");
    expect(answer).toMatchObject({ text: textsIn(language).messaging.answer.oldButton });
    expect(answer?.show_alert ?? false).toBe(false);
    await eventually(async () => {
      const page = (await eve.chat()).find(({ message_id: id }) => id === messageId);
      expect(JSON.stringify(page?.reply_markup)).toContain('"connect');
    });
  },
);
