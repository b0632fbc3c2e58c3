import type { Update } from "telegraf/types";
import { Unavailable } from "../client/unavailable.ts";
import { retryWithBackoff } from "../runtime/backoff.ts";
import type { Logger } from "../runtime/log.ts";
import type { TollgateBot } from "./tollgate-bot.ts";

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
  const handle = () =>
    bot.handleUpdate(update).catch((error: unknown) => {
      if (error instanceof Unavailable) throw error;
      log.error({ updateId, reason: String(error) }, "an update was given up");
    });
  const onFailure = (error: unknown) => {
    log.warn({ updateId, reason: (error as Unavailable).message }, "an update waits");
    late?.();
  };
  await retryWithBackoff(handle, { firstPauseMs, longestPauseMs, signal, onFailure });
}
