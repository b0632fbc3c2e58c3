import { flushCompileCache } from "node:module";
import { ConfigurationError } from "./configuration.ts";
import { tryEachFamilyLongEnough } from "./connecting.ts";
import { scrub } from "./log.ts";

/** What a started process can be asked for: to stop, in an orderly way. */
export interface Running {
  stop(): Promise<void>;
}

const deadlineMs = 15_000;

/**
 * Starts a process of ours and stops it at SIGTERM or SIGINT, also while it still waits to start. A
 * start that fails prints one message and ends with exit code 1; an orderly stop ends with 0, also
 * when it takes too long.
 */
export async function runProcess(start: () => Promise<Running>): Promise<void> {
  tryEachFamilyLongEnough();
  const signal = new Promise<undefined>((told) => {
    process.once("SIGTERM", () => told(undefined));
    process.once("SIGINT", () => told(undefined));
  });
  const starting = start();
  const running = await Promise.race([starting, signal]).catch((error: unknown) => {
    complain(error);
    process.exit(1);
  });
  // Whoever has NODE_COMPILE_CACHE set starts faster after a crash as well.
  flushCompileCache();
  await signal;
  setTimeout(() => process.exit(0), deadlineMs).unref();
  await running?.stop().catch(complain);
  process.exit(0);
}

/** What went wrong, without secrets: a client's error may hold what it was given. */
function complain(error: unknown): void {
  const known = error instanceof ConfigurationError;
  const unknown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(`${scrub(known ? error.message : unknown)}\n`);
}
