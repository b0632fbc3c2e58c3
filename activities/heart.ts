import { Context } from "@temporalio/activity";

const everyMs = 4_000;

/**
 * Does long work and tells Temporal all the while that it goes on, so that soon after this worker's death another one
 * takes it up. Nothing is told while `isAlive` says no.
 */
export async function beating<Result>(
  work: () => Promise<Result>,
  isAlive: () => boolean = () => true,
): Promise<Result> {
  const context = Context.current();
  const heart = setInterval(() => {
    if (isAlive()) context.heartbeat();
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(heart);
  }
}
