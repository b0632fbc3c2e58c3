import { retryWithBackoff } from "../runtime/backoff.ts";
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
  const onFailure = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== lastReason) log.warn({ reason }, `waiting for ${what}`);
    lastReason = reason;
  };
  return retryWithBackoff(step, { firstPauseMs, longestPauseMs, onFailure });
}
