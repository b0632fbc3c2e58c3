import type { Telegram } from "telegraf";
import type { TelegramId } from "../domain/ids.ts";
import { type Language, languages } from "../domain/people/customer.ts";
import { usualShopSettings } from "../domain/operations/shop-settings.ts";
import type { Logger } from "../runtime/log.ts";
import { textsIn } from "../texts/index.ts";
import { adminCommands, customerCommands } from "./bot.ts";

type Command = (typeof customerCommands)[number] | (typeof adminCommands)[number];

/**
 * What Telegram shows of the bot itself, in each language: the commands of customers, beside the
 * input field those of each admin, the shop's name, the description that a stranger reads before Start, and the
 * short one on the bot's page. What is set already is not set again: Telegram limits how often.
 * Never rejects: nothing depends on it, and it is tried again at the next start.
 * @see https://core.telegram.org/bots/api#setmycommands
 */
export async function announceBot(
  telegram: Telegram,
  { name, admins }: { readonly name: string; readonly admins: readonly TelegramId[] },
  log: Logger,
): Promise<void> {
  // A bot keeps the name that its owner gave it until they name the shop.
  if (name !== usualShopSettings.name) {
    await tryTo(log, "the name could not be set", () => setName(telegram, name));
  }
  for (const language of languages) {
    await tryTo(log, "the commands could not be set", () =>
      setCommands(telegram, language, admins),
    );
    await tryTo(log, "the description could not be set", () => setWords(telegram, language, name));
  }
  await tryTo(log, "the menu button could not be set", () =>
    telegram.setChatMenuButton({ menuButton: { type: "commands" } }),
  );
}

async function tryTo(log: Logger, trouble: string, act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: unknown) => log.warn({ reason: String(error) }, trouble));
}

/** English is the default: it has no language code, and is shown to all whom no other fits. */
const codeOf = (language: Language) => (language === "en" ? {} : { language_code: language });

async function setCommands(
  telegram: Telegram,
  language: Language,
  admins: readonly TelegramId[],
): Promise<void> {
  const { commands } = textsIn(language).messaging;
  const menuOf = (names: readonly Command[]) =>
    names.map((command) => ({ command, description: commands[command] }));
  const code = codeOf(language);
  await telegram.setMyCommands(menuOf(customerCommands), code);
  for (const chat_id of admins) {
    // An admin who has not pressed Start has no chat yet.
    await telegram
      .setMyCommands(menuOf([...customerCommands, ...adminCommands]), {
        ...code,
        scope: { type: "chat", chat_id },
      })
      .catch(() => undefined);
  }
}

async function setName(telegram: Telegram, name: string): Promise<void> {
  if ((await telegram.getMyName()).name !== name) await telegram.setMyName(name);
}

async function setWords(telegram: Telegram, language: Language, name: string): Promise<void> {
  const { bot } = textsIn(language).messaging;
  const description = bot.description(name);
  const shortDescription = bot.shortDescription(name);
  const code = language === "en" ? undefined : language;
  if ((await telegram.getMyDescription(code)).description !== description) {
    await telegram.setMyDescription(description, code);
  }
  if ((await telegram.getMyShortDescription(code)).short_description !== shortDescription) {
    await telegram.setMyShortDescription(shortDescription, code);
  }
}
