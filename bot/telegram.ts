import { TelegramError } from "telegraf";
import type { UserFromGetMe } from "telegraf/types";
import type { TollgateBot } from "./bot.ts";

/** A way in which updates come: a poll loop or a webhook. */
export interface UpdateSource {
  /** Whether the last attempt to hear from Telegram worked. */
  isConnected(): boolean;
  /** Lets what is under way end, confirms what was handled, and hears no more. */
  stop(): Promise<void>;
}

export const allowedUpdates = ["message", "callback_query", "pre_checkout_query"] as const;

export const callTimeoutMs = 10_000;

/**
 * Who the bot is. Asked by ourselves, because telegraf asks with the first update, once, and
 * remembers a failure for good.
 */
export const fetchMe = (bot: TollgateBot, signal: AbortSignal): Promise<UserFromGetMe> =>
  bot.telegram.callApi("getMe", {}, timeoutOptions(callTimeoutMs, signal));

/** telegraf's types know an older AbortSignal. */
export const timeoutOptions = (ms: number, ended?: AbortSignal) => {
  const late = AbortSignal.timeout(ms);
  return { signal: (ended ? AbortSignal.any([ended, late]) : late) as never };
};

/** What an operator should do about Telegram not talking to us. */
export function describeError(error: unknown): string {
  if (!(error instanceof TelegramError)) return "Telegram could not be reached";
  switch (error.response.error_code) {
    case 401:
    case 404:
      return `${error.response.error_code}: BOT_TOKEN is not valid; get the right one from @BotFather`;
    case 409:
      return "409: another process polls this bot, or a webhook is set; stop the other one";
    default:
      return `${error.response.error_code}: ${error.response.description}`;
  }
}
