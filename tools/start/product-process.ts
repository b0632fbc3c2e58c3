import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ending, launch, type Running, UserError, waitUntil } from "../servers/process.ts";
import type { ServiceName } from "./service-name.ts";
import type { StartContext } from "./start-context.ts";

/** Absolute path of the project's folder. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** A program of the product to be run on this Node. */
export interface ProductProcess {
  readonly name: ServiceName;
  /** Relative to the project's folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly graceMs: number;
  /** The largest heap, in MiB; Node's default when absent. */
  readonly heapMb?: number;
  /** Polled until it answers 2xx; absent for a program that runs to its end. */
  readonly readyUrl?: string;
}

/**
 * Node sizes heaps by the machine's memory; a demo that runs beside other programs should take
 * less.
 */
const nodeFlags = ({ heapMb }: ProductProcess): string[] => [
  "--disable-warning=ExperimentalWarning",
  ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=4"]),
];

/**
 * Starts a program of the product on this Node and, if it has a `readyUrl`,
 * waits until it is ready.
 * @throws UserError with the end of its output when it is not ready in time or ends before.
 */
export async function startProductProcess(
  context: StartContext,
  own: ProductProcess,
): Promise<Running> {
  const { name, file, env, readyUrl } = own;
  const collect = context.logs.collector(name);
  let output = "";
  const running = await launch({
    command: process.execPath,
    args: [...nodeFlags(own), file, ...(own.args ?? [])],
    // Temporal's core has many threads, and malloc would keep an arena for each
    // that it never returns.
    env: { MALLOC_ARENA_MAX: "2", ...env },
    cwd: projectRoot,
    ...context.processOptions(name),
    graceMs: own.graceMs,
    onOutput: (chunk) => {
      output = (output + chunk).slice(-4_000);
      collect(chunk);
    },
  });
  if (readyUrl === undefined) return running;
  try {
    await waitUntil(() => respondsOk(readyUrl), { what: name, gone: running.exited });
  } catch (error) {
    await running.stop();
    const { logFile } = context.processOptions(name);
    throw new UserError(`${(error as Error).message}${formatOutput(output, logFile)}`);
  }
  return running;
}

/**
 * Runs a program of the product to its end.
 * @throws UserError with the end of its output when its exit code is not 0.
 */
export async function runProductProgram(
  context: StartContext,
  own: Omit<ProductProcess, "readyUrl">,
): Promise<void> {
  let output = "";
  const collect = context.logs.collector(own.name);
  const running = await launch({
    command: process.execPath,
    args: [own.file, ...(own.args ?? [])],
    env: own.env,
    cwd: projectRoot,
    ...context.processOptions(own.name),
    onOutput: (chunk) => {
      output = (output + chunk).slice(-4_000);
      collect(chunk);
    },
  });
  const ending: Ending = await running.exited;
  if (ending === "exit code 0") return;
  const failed = `${basename(own.file)} failed (${ending})`;
  throw new UserError(`${failed}${formatOutput(output, context.processOptions(own.name).logFile)}`);
}

/** Whether a GET of this URL answers 2xx within 3 seconds. */
export async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function formatOutput(output: string, logFile: string): string {
  const lines = output.trim().split("\n").slice(-8);
  return output.trim() === "" ? `; see ${logFile}` : `; see ${logFile}:\n${lines.join("\n")}`;
}
