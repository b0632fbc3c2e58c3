import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, type Running, UserError, waitUntil } from "../../tools/servers/process.ts";
import { respondsOk } from "../../tools/start/product-process.ts";

const root = join(import.meta.dirname, "../..");

/** A program of the project to be started. */
export interface Program {
  readonly name: string;
  /** Relative to the project's folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of its log, `<name>.log`. */
  readonly folder: string;
  /** Polled until it answers 2xx. */
  readonly readyUrl?: string;
  /** Receives each line of its output; lines for which it returns false are logged. */
  readonly onLine?: (line: string) => boolean;
}

/**
 * Starts a program of the project on this Node; it is killed when we end.
 * @throws UserError with the end of its output when it ends before it is ready.
 */
export async function startProgram(program: Program): Promise<Running> {
  const { name, file, env, folder, readyUrl, onLine } = program;
  const logFile = join(folder, `${name}.log`);
  let output = "";
  const log = (line: string) => {
    output = `${output}\n${line}`.slice(-2_000);
    appendFileSync(logFile, `${line}\n`);
    if (isWarning(line)) console.error(`${name}: ${line.slice(0, 500)}`);
  };
  const running = await launch({
    command: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", resolve(root, file)],
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    onOutput: splitLines((line) => void (onLine?.(line) || log(line))),
    endsWithParent: true,
    graceMs: 10_000,
  });
  if (readyUrl === undefined) return running;
  try {
    await waitUntil(() => respondsOk(readyUrl), { what: name, gone: running.exited });
  } catch (error) {
    await running.stop();
    throw new UserError(`${(error as Error).message}; the end of its output:${output}`);
  }
  return running;
}

/** Whether a line of the product's logs is a warning or worse. */
const isWarning = (line: string): boolean => /^\{"level":[456]0,/u.test(line);

function splitLines(take: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) take(line);
  };
}
