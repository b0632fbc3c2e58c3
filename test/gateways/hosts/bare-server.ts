import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshPlace } from "../../../gateways/hosts/amneziawg/ssh.ts";
import { amneziawgGo } from "../../../tools/amneziawg/build.ts";
import { eventually, type Machine, machine } from "./namespaces.ts";
import { passwdWithSshd, sshdPath } from "./ssh-server.ts";

/**
 * A server as a provider hands it over, in a network namespace of its own, with a customer before it
 * and a site of the Internet behind it. SSH, the daemon, addresses, rules and files are real; of
 * apt-get, modprobe and systemctl there are stand-ins, as there is neither a mirror nor a systemd.
 */
export interface BareServer {
  readonly place: SshPlace;
  readonly client: Machine;
  /** Where customers connect. */
  readonly address: string;
  /** A site behind the server, which answers with the address that it was asked from. */
  readonly site: { readonly v4: string; readonly v6: string };
  /** The addresses from which the site is reached when the server translates. */
  readonly outside: { readonly v4: string; readonly v6: string };
  /** Runs a line of sh on the server itself. */
  sh(line: string): string;
  close(): Promise<void>;
}

const standIns: Readonly<Record<string, string>> = {
  "apt-get": `echo "apt-get $*" >>/run/calls
if test -e /run/no-mirror; then echo "E: the mirror is away" >&2; exit 100; fi
case " $* " in *" install "*) for one; do echo "$one" >>/run/packages; done ;; esac`,
  "dpkg-query": `for one; do grep -qx -- "$one" /run/packages 2>/dev/null && echo "install ok installed"; done; true`,
  modprobe: `echo "modprobe $*" >>/run/calls; echo "modprobe: FATAL: Module $1 not found" >&2; exit 1`,
  curl: `while test $# -gt 1; do test "$1" != -o || out="$2"; shift; done; echo key >"$out"`,
  gpg: `echo "fpr:::::::::75C9DD72C799870E310542E24166F2C257290828:"`,
  ufw: `case "$1" in
status) test -e /run/ufw && cat /run/ufw || echo "Status: inactive" ;;
allow) echo "$2                  ALLOW       Anywhere" >>/run/ufw ;;
*) echo "ufw $*" >>/run/calls ;;
esac`,
  systemctl: `echo "systemctl $*" >>/run/calls
case "$1" in
is-enabled) test -e /run/enabled; exit ;;
enable) touch /run/enabled; exit ;;
restart) ;;
*) exit 0 ;;
esac
unit=/etc/systemd/system/$2
of() { sed -n "s/^$1=//p" "$unit"; }
if test -s /run/main.pid; then kill -9 "$(cat /run/main.pid)"; rm /run/main.pid; fi
$(of ExecStopPost)
while ip link show dev awg0 >/dev/null 2>&1; do sleep 0.05; done
env $(of Environment) setsid $(of ExecStart) </dev/null >/run/daemon.log 2>&1 &
echo $! >/run/main.pid
$(of ExecStartPost)`,
};

/** Hides from the server what it changes, so that it changes nothing of this machine. */
const hiding = (system: string) => `
cp -a /etc $T/etc
cat $T/passwd >$T/etc/passwd
printf 'ID=%s\\nVERSION_ID="%s"\\nVERSION_CODENAME=x\\n' ${system} >$T/os-release
rm -f $T/etc/os-release && cp $T/os-release $T/etc/os-release
mount --bind $T/etc /etc
mount -t tmpfs none /run && mkdir -p /run/sshd /run/systemd/system
mount -t tmpfs none /usr/local/lib
mount --bind $T/bin /usr/local/sbin
exec ${sshdPath} -D -f $T/sshd_config`;

const script = (text: string): string =>
  execFileSync("/bin/sh", ["-ec", text], { encoding: "utf8" });

/** Needs root, and OpenSSH's server. `system`: what is in `os-release`. */
export async function startBareServer(system = "debian 12"): Promise<BareServer> {
  const tag = randomInt(10_000, 99_999);
  const server = `tgb${tag}`;
  const web = `tgw${tag}`;
  const client = machine(`tgd${tag}`, await amneziawgGo());
  const near = `198.18.${randomInt(256)}`;
  const block = 4 * randomInt(64);
  const own = `${near}.${block + 2}`;
  script(`ip netns add ${server}; ip netns add ${web}; ip netns add ${client.namespace}
    ip link add vr${tag} type veth peer name up0 netns ${server}
    ip addr add ${near}.${block + 1}/30 dev vr${tag}; ip link set vr${tag} up
    ip -n ${server} addr add ${own}/30 dev up0; ip -n ${server} link set up0 up
    ip link add in0 netns ${server} type veth peer name out0 netns ${client.namespace}
    ip link add wan0 netns ${server} type veth peer name lan0 netns ${web}
    ${["192.0.2.1/30", "2001:db8:1::1/64"].map((one) => `ip -n ${server} addr add ${one} dev in0`).join("; ")}
    ip -n ${client.namespace} addr add 192.0.2.2/30 dev out0
    ip -n ${server} addr add 203.0.113.1/30 dev wan0
    ip -n ${server} addr add 2001:db8:2::1/64 dev wan0 nodad
    ip -n ${web} addr add 203.0.113.2/30 dev lan0
    ip -n ${web} addr add 2001:db8:2::2/64 dev lan0 nodad
    for one in ${server} ${web} ${client.namespace}; do ip -n $one link set lo up; done
    ip -n ${server} link set in0 up; ip -n ${server} link set wan0 up
    ip -n ${client.namespace} link set out0 up; ip -n ${web} link set lan0 up
    ip -n ${server} -6 route add default via 2001:db8:2::2`);
  const { place, child, folder } = await startSshd({ namespace: server, address: own, system });
  const page =
    "http.createServer((q, r) => r.end(q.socket.remoteAddress)).listen(80, '::', () => console.log())";
  const site = spawn("ip", ["netns", "exec", web, process.execPath, "-e", page]);
  await once(site.stdout, "data");
  await client.start();
  return {
    place,
    client,
    address: "192.0.2.1",
    site: { v4: "203.0.113.2", v6: "2001:db8:2::2" },
    outside: { v4: "203.0.113.1", v6: "2001:db8:2::1" },
    sh: (line) => {
      const inside = ["-t", String(sshdPid(child.pid!)), "-m", "-n", "-p", "sh", "-c", line];
      return execFileSync("nsenter", inside, { encoding: "utf8" });
    },
    close: async () => {
      await client.down();
      for (const process of [site, child]) {
        const exited = once(process, "exit");
        process.kill("SIGKILL");
        await exited;
      }
      const all = [server, web, client.namespace].map((one) => `ip netns del ${one}`).join("; ");
      script(all);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The process inside: `unshare` waits for it. */
const sshdPid = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);

async function startSshd({
  namespace,
  address,
  system,
}: {
  readonly namespace: string;
  readonly address: string;
  readonly system: string;
}) {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-bare-"));
  const path = (name: string) => join(folder, name);
  for (const name of ["host", "user"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(name)]);
  }
  const hostKey = readFileSync(path("host.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(path("known_hosts"), `${address} ${hostKey}\n`);
  writeFileSync(path("passwd"), passwdWithSshd());
  const settings = [
    `ListenAddress ${address}`,
    `HostKey ${path("host")}`,
    `AuthorizedKeysFile ${path("user.pub")}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "StrictModes no",
    "PidFile none",
  ];
  writeFileSync(path("sshd_config"), `${settings.join("\n")}\n`);
  script(`mkdir ${path("bin")}`);
  for (const [name, text] of Object.entries(standIns)) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  const hidden = `set -e; T=${folder}; mount --make-rprivate /; ${hiding(system)}`;
  const words = ["netns", "exec", namespace, "unshare", "-m", "-p", "--fork"];
  const child = spawn("ip", [...words, "--kill-child=SIGKILL", "sh", "-c", hidden], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const place = { host: address, port: 22, user: "root", identityFile: path("user") };
  const knownHostsFile = path("known_hosts");
  await eventually(() => {
    try {
      return execFileSync("ssh-keyscan", ["-T", "1", address], { stdio: "pipe" }).length > 0;
    } catch {
      return false;
    }
  });
  return { place: { ...place, knownHostsFile }, child, folder };
}
