import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * A failure whose message is for the person at the terminal: it says what to do, and no stack
 * helps.
 */
export class UserError extends Error {
  override readonly name = "Advice";
}

/** How a process ended, e.g. `exit code 1` or `SIGKILL`. */
export type Ending = string;

/** A process we started and answer for. */
export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<Ending>;
  /**
   * Asks the process to end, and kills its group when it has not after `graceMs`. Safe to repeat.
   */
  stop(): Promise<void>;
}

/** How the one who starts a server looks after its process. */
export interface ProcessOptions {
  /** Where its output goes; nowhere when absent. */
  readonly logFile?: string;
  /** Makes the process die with us, even when we are killed with SIGKILL. */
  readonly guarded?: boolean;
  /** Told at once, long before the server is ready. */
  readonly onSpawn?: (pid: number) => void;
  readonly graceMs?: number;
}

/** Only what is looked after; the rest of a server's options stays behind. */
export function processOptionsOf({
  logFile,
  guarded,
  onSpawn,
  graceMs,
}: ProcessOptions): ProcessOptions {
  return {
    ...(logFile === undefined ? {} : { logFile }),
    ...(guarded === undefined ? {} : { guarded }),
    ...(onSpawn === undefined ? {} : { onSpawn }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

export interface Launch extends ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Takes its output in place of `logFile`. */
  readonly onOutput?: (chunk: string) => void;
  readonly stopSignal?: NodeJS.Signals;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C at the terminal reaches us alone and we
 * end things in order.
 * @throws UserError when the program cannot be started.
 */
export async function launch(options: Launch): Promise<Running> {
  const log =
    options.logFile !== undefined && !options.onOutput ? openSync(options.logFile, "a") : undefined;
  const output = options.onOutput ? "pipe" : (log ?? "ignore");
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ["ignore", output, output],
    env: options.env,
    ...identityOf(options),
  });
  if (log !== undefined) closeSync(log);
  const { onOutput } = options;
  if (onOutput)
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", onOutput);
  const exited = waitForEnding(child);
  const pid = child.pid;
  if (pid === undefined)
    throw new UserError(`${options.command} could not be started: ${await exited}`);
  options.onSpawn?.(pid);
  if (options.guarded) killWithParent(pid, exited);
  const stopping = {
    signal: options.stopSignal ?? "SIGTERM",
    graceMs: options.graceMs ?? 5_000,
  } as const;
  return { pid, exited, stop: () => endGroup(pid, { ...stopping, exited }) };
}

function identityOf({ cwd, uid, gid }: Launch): SpawnOptions {
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
}

function waitForEnding(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

interface Stopping {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
  readonly exited: Promise<unknown>;
}

async function endGroup(pid: number, { signal, graceMs, exited }: Stopping): Promise<void> {
  sendSignal(pid, signal);
  const late = new AbortController();
  const inTime = await Promise.race([
    exited.then(() => true),
    delay(graceMs, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  // The group is killed in both cases: what the process has left behind goes with it.
  sendSignal(-pid, "SIGKILL");
  if (!inTime) await exited;
}

/**
 * Sends a signal to a process, or with a negative id to its group. One that is gone already is no
 * error.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Of a group that is nothing but a zombie macOS says EPERM.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/**
 * A shell that waits for the end of its input, which comes when we end in any way at all, and then
 * kills the group. Its own session keeps a Ctrl-C at the terminal from it.
 */
function killWithParent(pid: number, exited: Promise<unknown>): void {
  const script = 'cat >/dev/null; kill -9 "-$1" 2>/dev/null';
  const watch = spawn("/bin/sh", ["-c", script, "guard", String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watch.once("error", () => undefined);
  watch.unref();
  const input = watch.stdin as typeof watch.stdin & { unref?: () => void };
  input.unref?.();
  // Not by closing its input: the number of an ended process may be somebody else's by then.
  void exited.then(() => watch.pid !== undefined && sendSignal(-watch.pid, "SIGKILL"));
}

/**
 * What tells this process from another that is later given the same number; undefined when it is
 * gone.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const shown = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" });
    const line = shown.stdout?.trim() ?? "";
    return line === "" || line.startsWith("Z") ? undefined : line.slice(line.indexOf(" ")).trim();
  }
  try {
    // proc(5): after the name in brackets come the state and, as the 20th field from there, the
    // start time.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The command line of a process, words separated by spaces; empty when it is gone. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") {
    return (
      spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ??
      ""
    );
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/**
 * Tries until `ready` says true.
 * @throws UserError when it has not within `timeoutMs`, or at once when `gone` settles: then `ready`
 * never will.
 */
export async function waitUntil(
  ready: () => Promise<boolean>,
  { what, gone, timeoutMs = 60_000 }: { what: string; gone?: Promise<Ending>; timeoutMs?: number },
): Promise<void> {
  let ending: Ending | undefined;
  void gone?.then((how) => (ending = how));
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(25)) {
    if (ending !== undefined) throw new UserError(`${what} ended while it started (${ending})`);
    if (await ready()) return;
  }
  throw new UserError(`${what} was not ready after ${timeoutMs / 1_000} s`);
}
