import { flushCompileCache } from "node:module";
import { ConfigurationError } from "./configuration.ts";
import "./connecting.ts";
import { scrub } from "./log.ts";

/** A started process, which can be stopped in an orderly way. */
export interface Running {
  /** Ends the process's work in order and closes its connections. */
  stop(): Promise<void>;
}

const deadlineMs = 15_000;

/**
 * Starts a process and stops it at SIGTERM or SIGINT, also while it still starts. A start that
 * fails prints one message and exits with code 1; an orderly stop exits with 0, also when it
 * exceeds its deadline.
 */
export async function runProcess(start: () => Promise<Running>): Promise<void> {
  const signal = new Promise<undefined>((resolve) => {
    process.once("SIGTERM", () => resolve(undefined));
    process.once("SIGINT", () => resolve(undefined));
  });
  const starting = start();
  const running = await Promise.race([starting, signal]).catch((error: unknown) => {
    printError(error);
    process.exit(1);
  });
  // With NODE_COMPILE_CACHE the next start is faster, also after a crash.
  flushCompileCache();
  await signal;
  setTimeout(() => process.exit(0), deadlineMs).unref();
  await running?.stop().catch(printError);
  process.exit(0);
}

/** Prints an error without secrets: a client's error may contain what it was given. */
function printError(error: unknown): void {
  const known = error instanceof ConfigurationError;
  const unknown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(`${scrub(known ? error.message : unknown)}\n`);
}
