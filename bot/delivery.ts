import { setTimeout as delay } from "node:timers/promises";
import type { Update } from "telegraf/types";
import { Unavailable } from "../client/unavailable.ts";
import type { Logger } from "../runtime/log.ts";
import type { TollgateBot } from "./bot.ts";

const firstPauseMs = 100;
const longestPauseMs = 5_000;

interface Delivery {
  readonly log: Logger;
  /** Ends the retries. */
  readonly signal: AbortSignal;
  /** Called each time the update could not be handed over. */
  readonly late?: () => void;
}

/**
 * Handles an update until its effect is durable. While Temporal or the database is unreachable it
 * retries, and the update is not acknowledged. It never waits for Telegram, which is answered in
 * the background. Rejects only when `signal` ends the retries.
 */
export async function handleDurably(
  bot: TollgateBot,
  update: Update,
  { log, signal, late }: Delivery,
): Promise<void> {
  const { update_id: updateId } = update;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await bot.handleUpdate(update);
    } catch (error) {
      if (!(error instanceof Unavailable)) {
        log.error({ updateId, reason: String(error) }, "an update was given up");
        return;
      }
      log.warn({ updateId, reason: error.message }, "an update waits");
      late?.();
      await delay(pauseMs, undefined, { signal });
    }
  }
}
