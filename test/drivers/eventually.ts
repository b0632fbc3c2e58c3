import { setTimeout as delay } from "node:timers/promises";

const longestPauseMs = 400;

/**
 * Tries until it works, first after `pauseMs`, then ever more seldom, so that many who wait long leave the machine to
 * what they wait for; rejects with the last reason when it has not worked within `withinMs`.
 */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  withinMs = 45_000,
  pauseMs = 20,
): Promise<Result> {
  let pause = pauseMs;
  for (const end = Date.now() + withinMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(pause);
      pause = Math.max(pauseMs, Math.min(longestPauseMs, pause * 1.1));
    }
  }
}
