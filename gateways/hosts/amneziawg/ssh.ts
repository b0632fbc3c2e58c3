import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CliPlace } from "./settings.ts";

/** A server that is reached over SSH, and who we are there. */
export type SshPlace = Pick<
  Extract<CliPlace, { readonly type: "ssh" }>,
  "host" | "port" | "user" | "identityFile" | "knownHostsFile"
>;

/**
 * The words of OpenSSH's client before the command: it asks nobody anything, knows the server by its
 * key alone, and shares one connection among commands.
 */
export function sshWords(place: SshPlace): string[] {
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    // Quoted, since the option is a list of names that blanks divide.
    UserKnownHostsFile: `"${place.knownHostsFile}"`,
    ConnectTimeout: "5",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "3",
    // The first command opens a connection that the next ones share: 9 ms each instead of 220.
    ControlMaster: "auto",
    ControlPath: join(controlFolder(), `${accountMark(place)}%C`),
    ControlPersist: "60",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const account = ["-p", `${place.port}`, "-i", place.identityFile];
  return ["ssh", "-F", "none", "-T", ...account, ...words, `${place.user}@${place.host}`];
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
