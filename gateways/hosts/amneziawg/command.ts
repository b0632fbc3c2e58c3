import type { HostTrouble } from "../../../domain/access/host-report.ts";
import { Refused } from "../../refused.ts";
import { HostOutage, HostRefused } from "../trouble.ts";
import { runProgram } from "./program.ts";
import type { CliPlace } from "./settings.ts";
import { sshWords } from "./ssh.ts";

const timeoutMs = 10_000;

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
  const { input } = command;
  const words = commandLine(place, command);
  const { code, output, errors } = await runProgram(words, { input, timeoutMs });
  if (code !== 0) throw failure(place, code, errors);
  return output;
}

function commandLine(place: CliPlace, { script, words }: Command): string[] {
  const unsafe = [...place.enter, ...words].find((word) => !/^[\w@%+=:,./-]+$/u.test(word));
  if (unsafe !== undefined)
    throw new Refused("an argument of a command contains a character that is special to a shell");
  if (place.type === "cli") return [...place.enter, "sh", "-c", script, "sh", ...words];
  const remote = [...place.enter, "sh", "-c", `'${script}'`, "sh", ...words].join(" ");
  return [...sshWords(place), remote];
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

/** A text of a tool, which prints a key that it cannot read, without keys. */
export const withoutKeys = (text: string): string =>
  text.replace(/[A-Za-z0-9+/]{20,}=*/gu, "(key)");
