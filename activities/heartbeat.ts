import { Context } from "@temporalio/activity";

const everyMs = 4_000;

/**
 * Does long work while sending heartbeats, so that another worker takes over soon after this one
 * dies. While `isAlive` returns false none are sent.
 */
export async function workWithHeartbeats<Result>(
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
