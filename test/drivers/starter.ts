import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect } from "vitest";
import { freePorts } from "../../tools/servers/ports.ts";
import { sendSignal, startMark } from "../../tools/servers/process.ts";
import { emulatorPorts } from "../../tools/start/emulators.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import { compileCache } from "./compile-cache.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const portNames = [
  "API_PORT",
  "METRICS_PORT",
  "TEMPORAL_PORT",
  "TEMPORAL_UI_PORT",
  "TELEGRAM_EMULATOR_PORT",
  "VPN_CLIENT_EMULATOR_PORT",
  ...Object.keys(emulatorPorts),
];

/** The end of the table that a successful start prints. */
export const up = /Ctrl-C stops all of it/u;

/** A running `npm start`. */
export interface Starter {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  /** Waits until it prints this; rejects when it ends first. */
  waitForOutput(pattern: RegExp): Promise<void>;
}

/** Runs `npm start` in a new place for each test: with its own data and ports, and no `.env`. */
export function useStarter() {
  const place: { folder: string; env: Record<string, string> } = { folder: "", env: {} };
  const starters: Starter[] = [];

  beforeEach(async () => {
    place.folder = mkdtempSync(join(tmpdir(), "tollgate-start-"));
    // When we are root, PostgreSQL runs as another account, which must be able to enter.
    chmodSync(place.folder, 0o711);
    place.env = await environment(place.folder);
  });

  afterEach(() => {
    const left = processesOf(place.folder);
    for (const { child } of starters.splice(0)) if (child.pid) sendSignal(child.pid, "SIGKILL");
    for (const pid of left) sendSignal(-pid, "SIGKILL");
    rmSync(place.folder, { recursive: true, force: true });
  });

  const register = (starter: Starter): Starter => {
    starters.push(starter);
    return starter;
  };
  const start = (args: readonly string[], more: Record<string, string> = {}): Starter =>
    register(
      spawnStarter([process.execPath, "tools/start.ts", ...args], { ...place.env, ...more }),
    );
  /** As a user types it, with npm and its shell in between. */
  const npmStart = (args: readonly string[]): Starter =>
    register(spawnStarter(["npm", "start", "--silent", "--", ...args], place.env));

  /** Starts what must fail, and returns its output. */
  const failure = async (
    args: readonly string[],
    more: Record<string, string> = {},
  ): Promise<string> => {
    const starter = start(args, more);
    expect(await starter.ended).toBe(1);
    return starter.output();
  };

  return { place, start, npmStart, failure, processes: () => processesOf(place.folder) };
}

async function environment(folder: string): Promise<Record<string, string>> {
  const ports = await freePorts(portNames.length);
  const cli = await findTemporalCli(() => undefined);
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    TOLLGATE_DATA: join(folder, "data"),
    TOLLGATE_ENV_FILE: join(folder, "none"),
    TEMPORAL_CLI_PATH: cli.path,
    ...compileCache,
    ...Object.fromEntries(portNames.map((name, at) => [name, String(ports[at])])),
  };
}

/** The living processes in the run file, which is absent after an orderly end. */
function processesOf(folder: string): number[] {
  try {
    const run = JSON.parse(readFileSync(join(folder, "data/run.json"), "utf8")) as {
      children: { pid: number }[];
    };
    return run.children.map(({ pid }) => pid).filter((pid) => startMark(pid) !== undefined);
  } catch {
    return [];
  }
}

function spawnStarter([command = "", ...args]: string[], env: Record<string, string>): Starter {
  const child = spawn(command, args, { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  const waitForOutput = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => pattern.test(output) && resolve();
      for (const stream of [child.stdout, child.stderr]) stream.on("data", check);
      check();
      void ended.then(() => reject(new Error(`it ended without ${pattern}:\n${output}`)));
    });
  return { child, ended, output: () => output, waitForOutput };
}
