import type { Listener } from "../db/notifications.ts";
import type { Logger } from "../runtime/log.ts";

/** What who follows changes of hosts works with. */
export interface HostChangePorts {
  /** Opens a connection that listens to the channel `host_settings`. */
  readonly listen: () => Promise<Listener>;
  /** Reads the hosts again, and starts the reconcilers of new ones. */
  readonly changed: () => Promise<void>;
  readonly log: Logger;
}

/** How long to wait at once; who keeps the reconcilers looks each minute without being told. */
const everyMs = 60_000;
/** The pause after a failure, as when the database cannot be reached. */
const pauseMs = 1_000;

/**
 * Calls `changed` when a host was added, changed or removed, by whatever process.
 * @returns a function that stops it, and resolves when it has stopped.
 */
export function followHostChanges(ports: HostChangePorts): () => Promise<void> {
  const ending = new AbortController();
  const running = follow(ports, ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

async function follow(
  { listen, changed, log }: HostChangePorts,
  signal: AbortSignal,
): Promise<void> {
  let listener: Listener | undefined;
  while (!signal.aborted) {
    try {
      listener ??= await listen();
      const { kind } = await listener.next(everyMs, signal);
      if (kind === "notified" || kind === "reconnected") await changed();
    } catch (error) {
      log.warn({ reason: String(error) }, "could not look for changed hosts; trying again");
      await pauseFor(pauseMs, signal);
    }
  }
  await listener?.close();
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
