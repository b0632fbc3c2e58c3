import { setTimeout as delay } from "node:timers/promises";

/** Tries until it works; rejects with the last reason when it has not within `withinMs`. */
export async function eventually<Result>(
  attempt: () => Promise<Result> | Result,
  withinMs = 45_000,
): Promise<Result> {
  for (const end = Date.now() + withinMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
}
