import { setTimeout as delay } from "node:timers/promises";

/** How an attempt is repeated. */
export interface RetryOptions {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Ends the retries. */
  readonly signal?: AbortSignal;
  /** Called with each failure. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Repeats an attempt until it succeeds, with pauses that double up to the longest.
 * @throws the reason of `signal` when that is aborted.
 */
export async function retryWithBackoff<Result>(
  attempt: () => Promise<Result>,
  { firstPauseMs, longestPauseMs, signal, onFailure }: RetryOptions,
): Promise<Result> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      onFailure(error);
      await delay(pauseMs, undefined, signal && { signal });
    }
  }
}
