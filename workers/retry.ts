import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../runtime/log.ts";

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Retries a step of the start until it succeeds, and logs what it waits for. */
export async function retryUntilDone<Result>(
  what: string,
  log: Logger,
  step: () => Promise<Result>,
): Promise<Result> {
  let lastReason = "";
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await step();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== lastReason) log.warn({ reason }, `waiting for ${what}`);
      lastReason = reason;
      await delay(pauseMs);
    }
  }
}
