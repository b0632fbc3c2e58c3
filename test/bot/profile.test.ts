import { Telegram } from "telegraf";
import { expect, test } from "vitest";
import { adminCommands, customerCommands } from "../../bot/bot.ts";
import { commandsOf } from "../../bot/command-menu.ts";
import { announceBot } from "../../bot/profile.ts";
import { telegramId } from "../../domain/ids.ts";
import { languages } from "../../domain/people/customer.ts";
import { createLogger } from "../../runtime/log.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, token, useTestApp } from "../drivers/test-app.ts";

const supportId = 1003;
const app = useTestApp({ supportIds: [supportId] });
const nobody = { name: "Tollgate", staff: [] };
const log = createLogger("test", "silent");

test("Telegram shows commands, descriptions and menu button in each language, and an admin's commands to that admin alone", async () => {
  await app.admin();
  const telegram = new Telegram(token, { apiRoot: app.emulatorUrl });
  await announceBot(
    telegram,
    {
      name: "Fast VPN",
      staff: [adminId, 99_999_999].map((id) => ({ telegramId: telegramId(id), role: "admin" })),
    },
    log,
  );
  for (const language of languages) {
    const code = language === "en" ? {} : { language_code: language };
    const { commands, bot } = textsIn(language).messaging;
    const of = (names: readonly (keyof typeof commands)[]) =>
      names.map((command) => ({ command, description: commands[command] }));
    expect(await telegram.getMyCommands(code)).toEqual(of(customerCommands));
    const scope = { type: "chat", chat_id: adminId } as const;
    expect(await telegram.getMyCommands({ ...code, scope })).toEqual(
      of([...customerCommands, ...adminCommands]),
    );
    const written = await telegram.getMyDescription(code.language_code);
    expect(written.description).toBe(bot.description("Fast VPN"));
    const short = await telegram.getMyShortDescription(code.language_code);
    expect(short.short_description).toBe(bot.shortDescription("Fast VPN"));
  }
  expect(await telegram.getMyName()).toEqual({ name: "Fast VPN" });
  expect(await telegram.getChatMenuButton()).toEqual({ type: "commands" });
});

test("the bot's name goes back with the shop's, and a name that its owner gave it stays", async () => {
  const telegram = new Telegram(token, { apiRoot: app.emulatorUrl });
  await announceBot(telegram, { name: "Fast VPN", staff: [] }, log);
  await announceBot(telegram, nobody, log);
  expect(await telegram.getMyName()).toEqual({ name: "Tollgate" });
  await telegram.setMyName("A name of its own");
  await announceBot(telegram, nobody, log);
  expect(await telegram.getMyName()).toEqual({ name: "A name of its own" });
});

test("what is set already is not set again, and Telegram that is away fails nothing", async () => {
  const telegram = new Telegram(token, { apiRoot: app.emulatorUrl });
  await announceBot(telegram, nobody, log);
  const countSets = async () => {
    const calls = await fetch(`${app.emulatorUrl}/control/calls?method=setMyDescription`);
    return ((await calls.json()) as unknown[]).length;
  };
  const before = await countSets();
  await announceBot(telegram, nobody, log);
  expect(await countSets()).toBe(before);
  await announceBot(new Telegram(token, { apiRoot: "http://127.0.0.1:9" }), nobody, log);
});

test("who works here gets the commands of their role at their first update, and loses them with it", async () => {
  const telegram = new Telegram(token, { apiRoot: app.emulatorUrl });
  const scope = { type: "chat", chat_id: supportId } as const;
  const namesIn = async (language: "en" | "ru") => {
    const code = language === "en" ? {} : { language_code: language };
    return (await telegram.getMyCommands({ ...code, scope })).map(({ command }) => command);
  };
  await expect(telegram.setMyCommands([], { scope })).rejects.toThrow(/chat not found/u);
  const person = await app.admin(supportId);
  await person.send("/admin");
  for (const language of languages) {
    await eventually(async () => expect(await namesIn(language)).toEqual(commandsOf("support")));
  }
  expect(commandsOf("support")).not.toContain("refund");
  await app.rows("update customers set role = 'customer' where telegram_id = ? returning 1", [
    supportId,
  ]);
  await person.send("/help");
  for (const language of languages) {
    await eventually(async () => expect(await namesIn(language)).toEqual([]));
  }
});
