import { setTimeout as delay } from "node:timers/promises";

/**
 * Pauses for `ms`, without keeping the process alive.
 * @throws the reason of `signal` as soon as it aborts.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw signal?.reason ?? error;
  }
}
