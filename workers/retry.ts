import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../runtime/log.ts";

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Does a step of starting up until its server is there, and says what it waits for. */
export async function retryUntilDone<Result>(
  what: string,
  log: Logger,
  step: () => Promise<Result>,
): Promise<Result> {
  let said = "";
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await step();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== said) log.warn({ reason }, `waiting for ${what}`);
      said = reason;
      await delay(pauseMs);
    }
  }
}
