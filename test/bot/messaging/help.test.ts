import { expect, test } from "vitest";
import { adminCommands } from "../../../bot/bot.ts";
import { linkOf } from "../../../bot/commands/messaging/support.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { customerSpeaking, shown } from "../people.ts";

const app = useTestApp();

test.each(languages)("/help, /support and /terms say what they are for (%s)", async (language) => {
  const texts = textsIn(language);
  const bob = await customerSpeaking(app, language);
  for (const [command, wanted] of [
    ["/help", shown(texts.messaging.help.title)],
    [
      "/support",
      shown(
        `${texts.messaging.support.contact("@help")}\n${texts.messaging.support.yourNumber(bob.id)}`,
      ),
    ],
    ["/terms", shown(texts.messaging.help.termsText)],
    ["/nonsense", shown(texts.messaging.answer.unknownCommand)],
    ["hello", shown(texts.messaging.answer.unknownCommand)],
  ] as const) {
    await bob.send(command);
    await eventually(async () => expect((await bob.listTexts()).at(-1)).toBe(wanted));
  }
});

test.each(languages)(
  "a newcomer is helped in their language without being anybody yet (%s)",
  async (language) => {
    const texts = textsIn(language);
    const eve = await app.person().become({ language_code: language });
    await eve.send("/start");
    await eve.button(/^captcha:1:/u);
    for (const [command, wanted] of [
      ["/help", texts.messaging.help.title],
      ["/usage", texts.access.home.stranger("Tollgate")],
    ] as const) {
      await eve.send(command);
      await eventually(async () => expect((await eve.listTexts()).at(-1)).toBe(shown(wanted)));
    }
  },
);

test("a contact is a link button where Telegram can open it, and the bot passes nothing on", async () => {
  const bob = await customerSpeaking(app, "en");
  for (const command of ["/support", "/paysupport"]) {
    const before = (await bob.chat()).length;
    await bob.send(command);
    await eventually(async () => {
      const page = (await bob.chat()).slice(before).find(({ from }) => from.is_bot);
      expect(page?.reply_markup?.inline_keyboard?.[0]?.[0]?.url).toBe("https://t.me/help");
    });
  }
  await bob.send("not for the bot");
  await bob.waitForMessage(/did not understand/u);
  expect(await app.rows("select 1 from tickets where telegram_id = ?", [bob.id])).toEqual([]);
  const links = ["@acme_help", "https://acme.example/help", "help@acme.example", "call us"];
  expect(links.map(linkOf)).toEqual([
    "https://t.me/acme_help",
    "https://acme.example/help",
    undefined,
    undefined,
  ]);
});

test("an admin's help lists what only admins can do", async () => {
  const admin = await app.admin();
  await admin.send("/help");
  await admin.waitForMessage(/For administrators[^]*\/find/u);
});

const lists = (text: string, command: string) => new RegExp(`/${command}\\b`, "u").test(text);

test.each(languages)("the help of admins lists their commands (%s)", (language) => {
  const { admin } = textsIn(language).messaging.help;
  expect(adminCommands.filter((command) => !lists(admin, command))).toEqual([]);
});
