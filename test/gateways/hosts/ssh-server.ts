import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../tools/servers/ports.ts";
import { eventually } from "./namespaces.ts";
import { missing } from "./requirements.ts";
import { respondsTo } from "./tcp.ts";

/** Whether OpenSSH's client and server are installed. */
export const hasOpenSsh = (): boolean =>
  existsSync(sshdPath) && missing("ssh", "ssh-keygen") === "";

export interface SshServer {
  readonly port: number;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  close(): Promise<void>;
}

/** OpenSSH's server: `SSHD_PATH`, or where Debian puts it. */
export const sshdPath = process.env["SSHD_PATH"] ?? "/usr/sbin/sshd";

/**
 * A stand-in where OpenSSH is missing: an `ssh` first on PATH that runs the command here. It shows
 * that the command survives a remote shell, and says nothing about OpenSSH.
 */
export async function startSshStandIn(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-ssh-stand-in-"));
  const script = '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n';
  writeFileSync(join(folder, "ssh"), script, { mode: 0o755 });
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}:${before}`;
  return {
    port: 22,
    identityFile: "none",
    knownHostsFile: "none",
    close: async () => {
      process.env["PATH"] = before;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A server on 127.0.0.1 that accepts root with a key made for it. Needs root. */
export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-sshd-"));
  const path = (name: string) => join(folder, name);
  for (const name of ["host", "user"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(name)]);
  }
  const port = await freePort();
  const hostKey = readFileSync(path("host.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(path("known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(path("passwd"), passwdWithSshd());
  writeFileSync(
    path("sshd_config"),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${path("host")}
AuthorizedKeysFile ${path("user.pub")}
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
PidFile none
`,
  );
  // The account that it drops its rights to exists only in its own view of the file system.
  const madeRunFolder = !existsSync("/run/sshd");
  mkdirSync("/run/sshd", { recursive: true });
  const script = 'mount --bind "$1" /etc/passwd && exec "$2" -D -f "$3"';
  // A process namespace, so that killing it also ends the processes that serve connections.
  const words = [
    "-m",
    "-p",
    "--fork",
    "--kill-child=SIGKILL",
    "sh",
    "-c",
    script,
    "sh",
    path("passwd"),
    sshdPath,
    path("sshd_config"),
  ];
  const server = spawn("unshare", words, { stdio: ["ignore", "ignore", "inherit"] });
  await eventually(() => respondsTo(port));
  return {
    port,
    identityFile: path("user"),
    knownHostsFile: path("known_hosts"),
    close: async () => {
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
      if (madeRunFolder) rmSync("/run/sshd", { recursive: true });
      rmSync(folder, { recursive: true });
    },
  };
}

/** A plain shell for root, so that the machine's own shell startup files do not matter. */
export function passwdWithSshd(): string {
  const accounts = readFileSync("/etc/passwd", "utf8").replace(
    /^(root:(?:[^:\n]*:){5})[^:\n]*$/mu,
    "$1/bin/sh",
  );
  const sshd = "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n";
  return accounts.includes("\nsshd:") ? accounts : accounts + sshd;
}
