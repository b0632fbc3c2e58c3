import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A failure whose message tells the person at the terminal what to do; its stack is not shown. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** How a process ended, e.g. `exit code 1` or `SIGKILL`. */
export type Ending = string;

/** A process that we started and have to end. */
export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended, for any reason; never rejects. */
  readonly exited: Promise<Ending>;
  /**
   * Signals the process to end and kills its group, after `graceMs` at the latest. Safe to repeat.
   */
  stop(): Promise<void>;
}

/** How a server's process is logged, recorded and ended. */
export interface ProcessOptions {
  /** The file to which its output is appended; discarded when absent. */
  readonly logFile?: string;
  /** Kills the process when we end, even with SIGKILL. */
  readonly endsWithParent?: boolean;
  /** Called at once, long before the server is ready. */
  readonly onSpawn?: (pid: number) => void;
  readonly graceMs?: number;
}

/** Picks the process options out of a server's options. */
export function processOptionsOf({
  logFile,
  endsWithParent,
  onSpawn,
  graceMs,
}: ProcessOptions): ProcessOptions {
  return {
    ...(logFile === undefined ? {} : { logFile }),
    ...(endsWithParent === undefined ? {} : { endsWithParent }),
    ...(onSpawn === undefined ? {} : { onSpawn }),
    ...(graceMs === undefined ? {} : { graceMs }),
  };
}

/** Options of `launch`. */
export interface Launch extends ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Receives its output; `logFile` is then not written. */
  readonly onOutput?: (chunk: string) => void;
  readonly stopSignal?: NodeJS.Signals;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C at the terminal reaches only us and we
 * can end all processes in order.
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
  if (options.endsWithParent) killWithParent(pid, exited);
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
  const timeout = new AbortController();
  const inTime = await Promise.race([
    exited.then(() => true),
    delay(graceMs, false, { signal: timeout.signal }).catch(() => false),
  ]);
  timeout.abort();
  // The group is killed in both cases: the process may have left children behind.
  sendSignal(-pid, "SIGKILL");
  if (!inTime) await exited;
}

/**
 * Sends a signal to a process, or with a negative id to its group;
 * no error when it has already ended.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS answers EPERM for a group that consists only of a zombie.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/**
 * Starts a shell that kills the group when its input ends, which happens when we end in any way. It
 * has a session of its own, so that a Ctrl-C at the terminal does not reach it.
 */
function killWithParent(pid: number, exited: Promise<unknown>): void {
  const script = 'cat >/dev/null; kill -9 "-$1" 2>/dev/null';
  const guard = spawn("/bin/sh", ["-c", script, "guard", String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.once("error", () => undefined);
  guard.unref();
  const input = guard.stdin as typeof guard.stdin & { unref?: () => void };
  input.unref?.();
  // Closing its input instead would make it kill an id that another process may have by then.
  void exited.then(() => guard.pid !== undefined && sendSignal(-guard.pid, "SIGKILL"));
}

/** Distinguishes this process from a later one with the same id; undefined when it has ended. */
export function startMark(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const listed = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    });
    const line = listed.stdout?.trim() ?? "";
    return line === "" || line.startsWith("Z") ? undefined : line.slice(line.indexOf(" ")).trim();
  }
  try {
    // proc(5): after the name in brackets come the state and, as the 20th field from there,
    // the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The command line of a process, its words separated by spaces; empty when it has ended. */
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
 * Calls `ready` every 25 ms until it resolves to true.
 * @throws UserError when that takes longer than `timeoutMs`, or as soon as `gone` settles: the
 * process that should become ready has ended.
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
