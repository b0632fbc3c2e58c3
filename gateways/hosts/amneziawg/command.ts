import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refused } from "../../refused.ts";
import type { CliPlace } from "./settings.ts";

const timeoutMs = 10_000;
const longestOutput = 64 * 1024 * 1024;

/** What a script reads and is told. Arguments become `$1`, `$2`, …: no shell sign may be in them. */
export interface Command {
  /** For `sh`, without a single quote: it crosses SSH in a pair of them. */
  readonly script: string;
  readonly words: readonly string[];
  readonly input: string;
}

/**
 * Runs a script on the host, here or over SSH, and gives what it printed. Secrets go by `input` alone, never
 * into a command line.
 * @throws Refused when the tool says that a value is broken; an Error when the host cannot be reached, lacks
 *   the tool or does not answer in ten seconds, after which nothing of the command is left running here.
 */
export async function run(place: CliPlace, command: Command): Promise<string> {
  const [program = "", ...words] = commandLine(place, command);
  const { code, output, errors } = await finished(program, words, command.input);
  if (code !== 0) throw failure(place, code, errors);
  return output;
}

function commandLine(place: CliPlace, { script, words }: Command): string[] {
  const unsafe = words.find((word) => !/^[\w@%+=:,./-]+$/u.test(word));
  if (unsafe !== undefined) throw new Refused("a word for a command line holds a shell's sign");
  if (place.type === "cli") return [...place.enter, "sh", "-c", script, "sh", ...words];
  const remote = [...place.enter, "sh", "-c", `'${script}'`, "sh", ...words].join(" ");
  return ["ssh", ...sshOptions(place), `${place.user}@${place.host}`, remote];
}

function sshOptions(place: Extract<CliPlace, { type: "ssh" }>): string[] {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: place.knownHostsFile,
    ConnectTimeout: "5",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "3",
    // The first command opens a connection that the next ones share: 9 ms each and not 220.
    ControlMaster: "auto",
    ControlPath: join(controlFolder(), "%C"),
    ControlPersist: "60",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-T", "-p", `${place.port}`, "-i", place.identityFile, ...words];
}

let folder: string | undefined;

/** A folder that is this user's alone, for as long as the process lives. */
function controlFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "tollgate-ssh-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  return (folder = made);
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function finished(program: string, words: string[], input: string): Promise<Finished> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that a time-out ends the shell and what the shell started.
    const child = spawn(program, words, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const give = (error: Error) => {
      end(child.pid);
      reject(error);
    };
    const late = new Error(`${program}: no answer within ${timeoutMs} ms`);
    const deadline = setTimeout(() => give(late), timeoutMs);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let length = 0;
    const keep = (kept: Buffer[]) => (chunk: Buffer) => {
      kept.push(chunk);
      if ((length += chunk.length) > longestOutput) give(new Error(`${program}: endless output`));
    };
    child.stdout.on("data", keep(output));
    child.stderr.on("data", keep(errors));
    child.stdin.on("error", () => undefined); // it ended without reading: its exit code says why
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(deadline);
      resolve({ code, output: textOf(output), errors: textOf(errors) });
    });
    child.stdin.end(input);
  });
}

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** 255 is ssh's own, 127 a shell's for a missing program, all else the tool's. */
function failure(place: CliPlace, code: number | null, errors: string): Error {
  const said = withoutKeys(errors).trim().split("\n").slice(-3).join(" ").slice(0, 300);
  if (place.type === "ssh" && code === 255) {
    return new Error(`ssh to ${place.user}@${place.host} port ${place.port} failed: ${said}`);
  }
  if (code === 127) return new Error(`install "${place.tool}" on the VPN host: ${said}`);
  const told = `${place.tool} on ${place.interface} ended with ${code}: ${said}`;
  const refusal = /Invalid argument|not the correct length|[Uu]nrecognized|Unable to parse/u;
  return refusal.test(said) ? new Refused(told) : new Error(told);
}

/** The tool repeats a key that it cannot read. */
const withoutKeys = (text: string): string => text.replace(/[A-Za-z0-9+/]{20,}=*/gu, "(key)");
