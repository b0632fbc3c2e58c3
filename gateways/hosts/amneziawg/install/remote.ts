import { withoutKeys } from "../command.ts";
import { type ProgramResult, runProgram } from "../program.ts";
import { type SshPlace, sshWords } from "../ssh.ts";

/** A server on which lines of `sh` can be run as root. */
export interface Remote {
  /**
   * Runs them one after the other up to the first that fails.
   * @throws Error when the server cannot be reached, or does not answer for a quarter of an hour.
   */
  run(lines: readonly string[], input?: Buffer): Promise<ProgramResult>;
}

/** To build a module for a kernel takes minutes on a small server. */
const timeoutMs = 15 * 60_000;

/**
 * The server behind OpenSSH. The lines travel in the command, in which the server's own shell sees
 * one quoted word; nothing of them is put together from texts that somebody else wrote.
 */
export class SshRemote implements Remote {
  readonly #place: SshPlace;

  constructor(place: SshPlace) {
    this.#place = place;
  }

  async run(lines: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<ProgramResult> {
    const become = this.#place.user === "root" ? "" : "sudo -n ";
    const script = ["set -eu", ...lines].join("\n").replaceAll("'", `'\\''`);
    const command = `exec ${become}env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c '${script}'`;
    const result = await runProgram([...sshWords(this.#place), command], { input, timeoutMs });
    if (result.code !== 255) return result;
    const { user, host, port } = this.#place;
    const words = withoutKeys(result.errors).trim().split("\n").slice(-3).join(" ");
    throw new Error(`ssh to ${user}@${host} port ${port} failed: ${words}`);
  }
}
