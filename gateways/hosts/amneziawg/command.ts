import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostTrouble } from "../../../domain/access/host-report.ts";
import { Refused } from "../../refused.ts";
import { HostOutage, HostRefused } from "../trouble.ts";
import type { CliPlace } from "./settings.ts";

const timeoutMs = 10_000;
const longestOutput = 64 * 1024 * 1024;

/**
 * A script with its arguments and its input. Arguments become `$1`, `$2`, …: they may not contain a
 * character that is special to a shell.
 */
export interface Command {
  /** For `sh`, without single quotes: over SSH it is sent inside a pair of them. */
  readonly script: string;
  readonly words: readonly string[];
  readonly input: string;
}

/**
 * Runs a script on the host, here or over SSH; resolves with its output. Secrets go through `input`
 * only, never on a command line.
 * @throws Refused when the tool says that a value is invalid.
 * @throws Error when the host cannot be reached, lacks the tool or does not answer in ten seconds;
 * then no process of the command is left running here.
 */
export async function runOnHost(place: CliPlace, command: Command): Promise<string> {
  const [program = "", ...words] = commandLine(place, command);
  const { code, output, errors } = await runProgram(program, words, command.input);
  if (code !== 0) throw failure(place, code, errors);
  return output;
}

function commandLine(place: CliPlace, { script, words }: Command): string[] {
  const unsafe = words.find((word) => !/^[\w@%+=:,./-]+$/u.test(word));
  if (unsafe !== undefined)
    throw new Refused("an argument of a command contains a character that is special to a shell");
  if (place.type === "cli") return [...place.enter, "sh", "-c", script, "sh", ...words];
  const remote = [...place.enter, "sh", "-c", `'${script}'`, "sh", ...words].join(" ");
  return ["ssh", ...sshOptions(place), `${place.user}@${place.host}`, remote];
}

type SshPlace = Extract<CliPlace, { readonly type: "ssh" }>;

function sshOptions(place: SshPlace): string[] {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: place.knownHostsFile,
    ConnectTimeout: "5",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "3",
    // The first command opens a connection that the next ones share: 9 ms each instead of 220.
    ControlMaster: "auto",
    ControlPath: join(controlFolder(), `${accountMark(place)}%C`),
    ControlPersist: "60",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-T", "-p", `${place.port}`, "-i", place.identityFile, ...words];
}

/** Another key, or other known hosts, must not use the connection of these. */
const accountMark = ({ identityFile, knownHostsFile }: SshPlace): string =>
  createHash("sha256").update(`${identityFile}\0${knownHostsFile}`).digest("hex").slice(0, 8);

let folder: string | undefined;

/** A folder that only this user can read, which is removed when the process ends. */
function controlFolder(): string {
  if (folder !== undefined) return folder;
  const created = mkdtempSync(join(tmpdir(), "tollgate-ssh-"));
  process.once("exit", () => rmSync(created, { recursive: true, force: true }));
  return (folder = created);
}

interface ProgramResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function runProgram(program: string, words: string[], input: string): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    // Its own process group, so that a timeout ends the shell and what the shell started.
    const child = spawn(program, words, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const failWith = (error: Error) => {
      kill(child.pid);
      reject(error);
    };
    const silence = `${program}: no answer within ${timeoutMs} ms`;
    const timeoutError = new HostOutage("timeout", silence);
    const deadline = setTimeout(() => failWith(timeoutError), timeoutMs);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let length = 0;
    const collect = (parts: Buffer[]) => (chunk: Buffer) => {
      parts.push(chunk);
      if ((length += chunk.length) > longestOutput)
        failWith(new Error(`${program}: endless output`));
    };
    child.stdout.on("data", collect(output));
    child.stderr.on("data", collect(errors));
    child.stdin.on("error", () => undefined); // it ended without reading: its exit code says why
    child.on("error", (error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === "ENOENT";
      reject(isAbsent ? new HostOutage("tool", `${program} is not installed here`) : error);
    });
    child.on("close", (code) => {
      clearTimeout(deadline);
      resolve({ code, output: textOf(output), errors: textOf(errors) });
    });
    child.stdin.end(input);
  });
}

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

/**
 * Exit code 255 comes from ssh, 127 from a shell that lacks the program, all others from the tool.
 */
function failure(place: CliPlace, code: number | null, errors: string): Error {
  const problem = withoutKeys(errors).trim().split("\n").slice(-3).join(" ").slice(0, 300);
  if (place.type === "ssh" && code === 255) {
    const message = `ssh to ${place.user}@${place.host} port ${place.port} failed: ${problem}`;
    return new HostOutage(nameIn(problem, sshTroubles) ?? "port", message);
  }
  if (code === 127) {
    return new HostOutage("tool", `install "${place.tool}" on the VPN host: ${problem}`);
  }
  const message = `${place.tool} on ${place.interface} ended with ${code}: ${problem}`;
  const refusal = /Invalid argument|not the correct length|[Uu]nrecognized|Unable to parse/u;
  const trouble = nameIn(problem, toolTroubles) ?? "other";
  return refusal.test(problem)
    ? new HostRefused(trouble, message)
    : new HostOutage(trouble, message);
}

type NamedWords = readonly (readonly [words: RegExp, trouble: HostTrouble])[];

/** What OpenSSH's client says. */
const sshTroubles: NamedWords = [
  [/Host key verification failed|REMOTE HOST IDENTIFICATION/u, "serverKey"],
  [/Permission denied|Load key|identity file/iu, "credentials"],
  [/resolve hostname|Name or service not known/u, "dns"],
  [/timed out/u, "port"],
];

/** What the tools say, and the shell that looks for the interface. */
const toolTroubles: NamedWords = [
  [/attribute type \d+ has an invalid length|access interface: Invalid argument/u, "generation"],
  [/Operation not permitted|Permission denied/u, "rights"],
  [/No such device|Protocol not supported|No such file or directory/u, "interface"],
];

const nameIn = (problem: string, named: NamedWords): HostTrouble | undefined =>
  named.find(([words]) => words.test(problem))?.[1];

/** The tool prints a key that it cannot read. */
const withoutKeys = (text: string): string => text.replace(/[A-Za-z0-9+/]{20,}=*/gu, "(key)");
