import { setTimeout as delay } from "node:timers/promises";
import type { Update } from "telegraf/types";
import { minuteMs } from "../domain/time.ts";
import type { Logger } from "../runtime/log.ts";
import type { TollgateBot } from "./bot.ts";
import { Unavailable } from "./unavailable.ts";

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * An answer that Telegram would not take for so long is worth less than the place it holds in the
 * line.
 */
const telegramsPatienceMs = 15 * minuteMs;

/**
 * Handles an update until its fact is held durably and its person is answered. While Temporal, the
 * database or Telegram is away it waits: the update is not acknowledged before. Rejects only when
 * `signal` ends the waiting.
 */
export async function handleDurably(
  bot: TollgateBot,
  update: Update,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  const givenUpMs = Date.now() + telegramsPatienceMs;
  const { update_id: updateId } = update;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await bot.handleUpdate(update);
    } catch (error) {
      const away = error instanceof Unavailable ? error : undefined;
      if (away === undefined || (away.party === "telegram" && Date.now() > givenUpMs)) {
        log.error({ updateId, reason: String(error) }, "an update was given up");
        return;
      }
      log.warn({ updateId, reason: away.message }, "an update waits");
      await delay(away.retryAfterMs ?? pauseMs, undefined, { signal });
    }
  }
}
