import { Context } from "@temporalio/activity";

const everyMs = 4_000;

/** How a long work sends its heartbeats. */
export interface HeartbeatOptions {
  /** While it returns false none are sent. */
  readonly isAlive?: () => boolean;
  /** What the worker that takes over is told, as `info.heartbeatDetails`. */
  readonly details?: () => unknown;
}

/**
 * Does long work while sending heartbeats, so that another worker takes over soon after this one
 * dies.
 */
export async function workWithHeartbeats<Result>(
  work: () => Promise<Result>,
  { isAlive = () => true, details = () => undefined }: HeartbeatOptions = {},
): Promise<Result> {
  const context = Context.current();
  const heart = setInterval(() => {
    if (isAlive()) context.heartbeat(details());
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(heart);
  }
}
