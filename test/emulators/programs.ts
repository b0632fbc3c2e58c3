import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { compileCache } from "../drivers/compile-cache.ts";

/** A file in a folder of its own, which is removed when the test ends. It does not exist yet. */
export function newDataFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data.jsonl");
}

/** An emulator that runs as a program. */
export interface Program {
  readonly process: ChildProcess;
  /** The first that it printed: that it is ready, or why it could not start. */
  readonly firstLine: string;
  /** Empty when it could not start. */
  readonly url: string;
}

/**
 * Runs an emulator as `npm start` does, until its first line. It is killed when the test ends, if
 * it still runs then.
 */
export async function runEmulator(
  name: string,
  variables: Readonly<Record<string, string>>,
  dataFile?: string,
): Promise<Program> {
  const env = { PATH: process.env["PATH"], ...compileCache, ...variables };
  const data = dataFile === undefined ? [] : ["--data", dataFile];
  const child = spawn(process.execPath, [`emulators/${name}/main.ts`, ...data], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = [once(child.stdout, "data"), once(child.stderr, "data")];
  const [line] = (await Promise.race(lines)) as [Buffer];
  const firstLine = line.toString().trim();
  return { process: child, firstLine, url: /http:\S+/u.exec(firstLine)?.[0] ?? "" };
}

/** Sends a signal and waits for the end. Resolves with the exit code; null after a kill. */
export async function endBy(signal: "SIGTERM" | "SIGKILL", { process: child }: Program) {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
