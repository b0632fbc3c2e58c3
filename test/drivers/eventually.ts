import { setTimeout as delay } from "node:timers/promises";

const longestPauseMs = 400;

/**
 * Retries until `attempt` succeeds: first after `pauseMs`, then with ever longer pauses, so that
 * many waiters leave the processor to what they wait for.
 * @throws the last error when it has not succeeded within `timeoutMs`.
 */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  timeoutMs = 45_000,
  pauseMs = 20,
): Promise<Result> {
  let pause = pauseMs;
  for (const end = Date.now() + timeoutMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(pause);
      pause = Math.max(pauseMs, Math.min(longestPauseMs, pause * 1.1));
    }
  }
}
