import { setTimeout as delay } from "node:timers/promises";

/** The shortest and the longest pause between two attempts, in milliseconds. */
export interface BackoffOptions {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** The pause after `failures` failures in a row, counted from 0, in milliseconds. */
export const pauseAfter = (
  { firstPauseMs, longestPauseMs }: BackoffOptions,
  failures: number,
): number => Math.min(longestPauseMs, firstPauseMs * 2 ** failures);

/** The pauses after failures in a row: each is twice the one before, up to the longest. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The pause after one more failure, in milliseconds. */
  next(): number {
    const pauseMs = pauseAfter(this.#options, this.#failures);
    this.#failures += 1;
    return pauseMs;
  }

  /** Begins again with the first pause, because an attempt has succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}

/** How an attempt is repeated. */
export interface RetryOptions extends BackoffOptions {
  /** Ends the retries. */
  readonly signal?: AbortSignal;
  /** Called with each failure. */
  readonly onFailure: (error: unknown) => void;
  /** The pauses do not keep the process alive. */
  readonly isBackground?: boolean;
}

/**
 * Repeats an attempt until it succeeds, with pauses that double up to the longest.
 * @throws the reason of `signal` when that is aborted.
 */
export async function retryWithBackoff<Result>(
  attempt: () => Promise<Result>,
  { signal, onFailure, isBackground = false, ...options }: RetryOptions,
): Promise<Result> {
  const backoff = new Backoff(options);
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      onFailure(error);
      const pause = { ref: !isBackground, ...(signal === undefined ? {} : { signal }) };
      await delay(backoff.next(), undefined, pause);
    }
  }
}
