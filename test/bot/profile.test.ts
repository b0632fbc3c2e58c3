import { Telegram } from "telegraf";
import { expect, test } from "vitest";
import { adminCommands, customerCommands } from "../../bot/bot.ts";
import { announceBot } from "../../bot/profile.ts";
import { telegramId } from "../../domain/ids.ts";
import { languages } from "../../domain/people/customer.ts";
import { createLogger } from "../../runtime/log.ts";
import { textsIn } from "../../texts/index.ts";
import { adminId, token, useTestApp } from "../drivers/test-app.ts";

const app = useTestApp();
const nobody = { name: "Tollgate", admins: [] };
const log = createLogger("test", "silent");

test("Telegram shows commands, descriptions and menu button in each language, and an admin's commands to that admin alone", async () => {
  await app.admin();
  const telegram = new Telegram(token, { apiRoot: app.emulatorUrl });
  await announceBot(
    telegram,
    { name: "Fast VPN", admins: [telegramId(adminId), telegramId(99_999_999)] },
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
