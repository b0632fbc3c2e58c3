import { TelegramError } from "telegraf";
import type { UserFromGetMe } from "telegraf/types";
import { callTimeoutMs, timeoutOptions } from "./call-timeout.ts";
import type { TollgateBot } from "./tollgate-bot.ts";

/** A source of updates: a poll loop or a webhook. */
export interface UpdateSource {
  /** Whether the last call of Telegram worked. */
  isConnected(): boolean;
  /** Finishes what is being handled, confirms it, and takes no more updates. */
  stop(): Promise<void>;
}

/**
 * What Telegram sends us; telegraf does not know `subscription` yet.
 * @see https://core.telegram.org/bots/api#getupdates
 */
export const allowedUpdates = [
  "message",
  "edited_message",
  "callback_query",
  "pre_checkout_query",
  "subscription" as "message",
] as const;

/**
 * Who the bot is. We ask ourselves, because telegraf asks once, at the first update, and keeps a
 * failure for good.
 */
export const fetchMe = (bot: TollgateBot, signal: AbortSignal): Promise<UserFromGetMe> =>
  bot.telegram.callApi("getMe", {}, timeoutOptions(callTimeoutMs, signal));

/** What is wrong with Telegram, and what an operator can do about it; never the token. */
export function describeError(error: unknown): string {
  if (!(error instanceof TelegramError)) return "Telegram could not be reached";
  const { error_code: code, description } = error.response;
  switch (code) {
    case 401:
    case 404:
      return `${code}: BOT_TOKEN is not valid; get the right one from @BotFather`;
    case 409:
      return "409: another process polls this bot, or a webhook is set; stop the other one";
    default:
      return `${code}: ${description}`;
  }
}
