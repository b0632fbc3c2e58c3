import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ending, launch, type Running, until, UserError } from "../servers/process.ts";
import type { ServiceName } from "./service.ts";
import type { StartContext } from "./start-context.ts";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

export interface OwnProcess {
  readonly name: ServiceName;
  /** Below the project's folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly graceMs: number;
  /** How large its heap may grow; as Node sees fit when absent. */
  readonly heapMb?: number;
  /** Asked until it answers 2xx; a program that ends by itself has none. */
  readonly readyUrl?: string;
}

/** Node sizes its heaps by the machine's memory; a demo beside other programs should be smaller than that. */
const nodeFlags = ({ heapMb }: OwnProcess): string[] => [
  "--disable-warning=ExperimentalWarning",
  ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=4"]),
];

/**
 * Starts a program of ours on this Node, and waits until it is ready when it can tell.
 * @throws Advice with its last words when it ends before that.
 */
export async function startOwn(stage: StartContext, own: OwnProcess): Promise<Running> {
  const { name, file, env, readyUrl } = own;
  const collect = stage.logs.collector(name);
  let lastWords = "";
  const running = await launch({
    command: process.execPath,
    args: [...nodeFlags(own), file, ...(own.args ?? [])],
    // Temporal's core has many threads; each would keep memory of its own that malloc never gives back.
    env: { MALLOC_ARENA_MAX: "2", ...env },
    cwd: projectRoot,
    ...stage.care(name),
    graceMs: own.graceMs,
    onOutput: (chunk) => {
      lastWords = (lastWords + chunk).slice(-4_000);
      collect(chunk);
    },
  });
  if (readyUrl === undefined) return running;
  try {
    await until(() => respondsOk(readyUrl), { what: name, gone: running.exited });
  } catch (error) {
    await running.stop();
    throw new UserError(`${(error as Error).message}${tail(lastWords, stage.care(name).logFile)}`);
  }
  return running;
}

/**
 * Runs a program of ours to its end.
 * @throws Advice with its last words when it fails.
 */
export async function runOwn(
  stage: StartContext,
  own: Omit<OwnProcess, "readyUrl">,
): Promise<void> {
  let lastWords = "";
  const collect = stage.logs.collector(own.name);
  const running = await launch({
    command: process.execPath,
    args: [own.file, ...(own.args ?? [])],
    env: own.env,
    cwd: projectRoot,
    ...stage.care(own.name),
    onOutput: (chunk) => {
      lastWords = (lastWords + chunk).slice(-4_000);
      collect(chunk);
    },
  });
  const ending: Ending = await running.exited;
  if (ending === "exit code 0") return;
  const failed = `${basename(own.file)} failed (${ending})`;
  throw new UserError(`${failed}${tail(lastWords, stage.care(own.name).logFile)}`);
}

export async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function tail(words: string, logFile: string): string {
  const lines = words.trim().split("\n").slice(-8);
  return words.trim() === "" ? `; see ${logFile}` : `; see ${logFile}:\n${lines.join("\n")}`;
}
