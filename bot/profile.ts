import type { Telegram } from "telegraf";
import type { Middleware } from "telegraf";
import type { TelegramId } from "../domain/ids.ts";
import { type Language, languages, type Role } from "../domain/people/customer.ts";
import { usualShopSettings } from "../domain/operations/shop-settings.ts";
import type { Logger } from "../runtime/log.ts";
import { textsIn } from "../texts/index.ts";
import { commandsOf, customerCommands, type Command } from "./command-menu.ts";
import type { BotContext } from "./context.ts";

/**
 * What Telegram shows of the bot itself, in each language: the commands of customers, beside the
 * input field those of each of the shop's people, the shop's name, the description that a stranger
 * reads before Start, and the short one on the bot's page. What is set already is not set again:
 * Telegram limits how often. Never rejects: nothing depends on it, and it is tried again at the next
 * start.
 * @see https://core.telegram.org/bots/api#setmycommands
 */
export async function announceBot(
  telegram: Telegram,
  { name, staff }: { readonly name: string; readonly staff: readonly StaffMember[] },
  log: Logger,
): Promise<void> {
  await tryTo(log, "the name could not be set", () => setName(telegram, name));
  for (const language of languages) {
    await tryTo(log, "the commands could not be set", () =>
      telegram.setMyCommands(menuIn(language, customerCommands), codeOf(language)),
    );
    await tryTo(log, "the description could not be set", () => setWords(telegram, language, name));
  }
  // Telegram refuses it for people who have not pressed Start: their first update does it then.
  for (const one of staff) await setOwnCommands(telegram, one).catch(() => undefined);
  await tryTo(log, "the menu button could not be set", () =>
    telegram.setChatMenuButton({ menuButton: { type: "commands" } }),
  );
}

async function tryTo(log: Logger, trouble: string, act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: unknown) => log.warn({ reason: String(error) }, trouble));
}

/** English is the default: it has no language code, and is shown to all whom no other fits. */
const codeOf = (language: Language) => (language === "en" ? {} : { language_code: language });

const menuIn = (language: Language, names: readonly Command[]) => {
  const { commands } = textsIn(language).messaging;
  return names.map((command) => ({ command, description: commands[command] }));
};

/** One of the shop's people. */
export interface StaffMember {
  readonly telegramId: TelegramId;
  readonly role: Role;
}

/** Sets the commands of one person's chat by their role; a customer has those of every chat. */
async function setOwnCommands(
  telegram: Telegram,
  { telegramId: chat_id, role }: StaffMember,
): Promise<void> {
  const scope = { type: "chat", chat_id } as const;
  for (const language of languages) {
    const extra = { ...codeOf(language), scope };
    await (role === "customer"
      ? telegram.deleteMyCommands(extra)
      : telegram.setMyCommands(menuIn(language, commandsOf(role)), extra));
  }
}

/**
 * Sets the commands of the shop's people at their first update, and again when their role has
 * changed. Nothing waits for it.
 */
export function followCommands(): Middleware<BotContext> {
  const set = new Map<TelegramId, Role>();
  return async ({ customer, telegram, answers }, next) => {
    const { telegramId, role } = customer ?? {};
    if (
      telegramId !== undefined &&
      role !== undefined &&
      role !== (set.get(telegramId) ?? "customer")
    ) {
      set.set(telegramId, role);
      void answers.push({
        lane: `commands:${telegramId}`,
        bytes: 0,
        send: () => setOwnCommands(telegram, { telegramId, role }),
      });
    }
    await next();
  };
}

/**
 * A bot keeps the name that its owner gave it until they name the shop. Where they take that back,
 * Telegram still has it, and in the description as well: then it was set here.
 */
async function setName(telegram: Telegram, name: string): Promise<void> {
  const { name: shown } = await telegram.getMyName();
  if (shown === name) return;
  const { description } = await telegram.getMyDescription();
  const isOurs = description === textsIn("en").messaging.bot.description(shown);
  if (name !== usualShopSettings.name || isOurs) await telegram.setMyName(name);
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
