import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, type Running, waitUntil, UserError } from "../../tools/servers/process.ts";

const root = join(import.meta.dirname, "../..");

export interface Program {
  readonly name: string;
  /** From the project's folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where its log goes, as `<name>.log`. */
  readonly folder: string;
  /** Asked until it answers 2xx. */
  readonly readyUrl?: string;
  /** Takes a line of its output; false leaves it to the log. */
  readonly onLine?: (line: string) => boolean;
}

/**
 * Starts a program of the project on this Node; it dies with us.
 * @throws Advice with its last words when it ends before it is ready.
 */
export async function startProgram(program: Program): Promise<Running> {
  const { name, file, env, folder, readyUrl, onLine } = program;
  const logFile = join(folder, `${name}.log`);
  let lastWords = "";
  const log = (line: string) => {
    lastWords = `${lastWords}\n${line}`.slice(-2_000);
    appendFileSync(logFile, `${line}\n`);
    if (isTrouble(line)) console.error(`${name}: ${line.slice(0, 500)}`);
  };
  const running = await launch({
    command: process.execPath,
    args: ["--disable-warning=ExperimentalWarning", resolve(root, file)],
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
    onOutput: inLines((line) => void (onLine?.(line) || log(line))),
    guarded: true,
    graceMs: 10_000,
  });
  if (readyUrl === undefined) return running;
  try {
    await waitUntil(() => answersOk(readyUrl), { what: name, gone: running.exited });
  } catch (error) {
    await running.stop();
    throw new UserError(`${(error as Error).message}; its last words:${lastWords}`);
  }
  return running;
}

/** Of the product's own logs, what is a warning or worse. */
const isTrouble = (line: string): boolean => /^\{"level":[456]0,/u.test(line);

function inLines(take: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) take(line);
  };
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}
