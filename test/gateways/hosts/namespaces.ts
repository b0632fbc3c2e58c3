import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { callUapi, type Entry } from "../../../gateways/hosts/amneziawg/uapi.ts";
import { amneziawgGo } from "../../../tools/amneziawg/build.ts";

/** The real daemon with a tunnel interface, in its own network namespace. */
export interface Machine {
  readonly namespace: string;
  readonly interface: string;
  readonly socket: string;
  /** Starts the daemon, which comes up blank. */
  start(): Promise<void>;
  /** Kills the daemon; the interface goes with it. */
  kill(): Promise<void>;
  /**
   * Sets the running interface's lines and its address of this family, and brings the link up.
   */
  configure(lines: readonly Entry[], address: string): Promise<void>;
  /** Runs a program inside; returns its output. */
  run(...words: string[]): string;
  /** Runs a program inside until the machines are removed. */
  keep(...words: string[]): ChildProcess;
}

export interface Machines {
  readonly server: Machine;
  readonly client: Machine;
  /** The server's address on the wire between the two. */
  readonly serverAddress: string;
  close(): Promise<void>;
}

const sh = (script: string): string =>
  execFileSync("/bin/sh", ["-ec", script], { encoding: "utf8" });

/**
 * Two machines joined by a wire. Needs root; names are random, so that test files do not collide.
 */
export async function startMachines(): Promise<Machines> {
  const tag = randomInt(10_000, 99_999);
  const program = await amneziawgGo();
  const server = machine(`tgs${tag}`, program);
  const client = machine(`tgc${tag}`, program);
  const s = server.namespace;
  const c = client.namespace;
  sh(`ip netns add ${s}; ip netns add ${c}
    ip link add vs${tag} netns ${s} type veth peer name vc${tag} netns ${c}
    ip -n ${s} addr add 192.0.2.1/30 dev vs${tag}; ip -n ${s} link set vs${tag} up
    ip -n ${c} addr add 192.0.2.2/30 dev vc${tag}; ip -n ${c} link set vc${tag} up
    ip -n ${s} link set lo up; ip -n ${c} link set lo up`);
  await Promise.all([server.start(), client.start()]);
  const close = async () => {
    await Promise.all([server.down(), client.down()]);
    sh(`ip netns del ${s}; ip netns del ${c}`);
  };
  return { server, client, serverAddress: "192.0.2.1", close };
}

/** The daemon in a network namespace of this name, which is there; it is not started yet. */
export function machine(name: string, program: string): Machine & { down(): Promise<void> } {
  const socket = `/var/run/amneziawg/${name}.sock`;
  // Stock wg looks for daemons in its own folder only.
  const link = `/var/run/wireguard/${name}.sock`;
  const inside = ["netns", "exec", name];
  const kept: ChildProcess[] = [];
  let daemon: ChildProcess | undefined;
  const kill = async () => {
    if (daemon !== undefined) await end(daemon);
    daemon = undefined;
  };
  return {
    namespace: name,
    interface: name,
    socket,
    kill,
    start: async () => {
      const env = { ...process.env, WG_PROCESS_FOREGROUND: "1", LOG_LEVEL: "silent" };
      daemon = spawn("ip", [...inside, program, "-f", name], { stdio: "ignore", env });
      await eventually(() =>
        callUapi(socket, "get", []).then(
          () => true,
          () => false,
        ),
      );
      mkdirSync("/var/run/wireguard", { recursive: true });
      rmSync(link, { force: true });
      symlinkSync(socket, link);
    },
    configure: async (lines, address) => {
      if (lines.length > 0) await callUapi(socket, "set", lines);
      const [own = "", network = own] = address.split(" in ");
      const family = own.includes(":") ? "-6" : "-4";
      sh(`ip ${family} -n ${name} addr flush dev ${name} scope global; ip -n ${name} addr add ${own} dev ${name}; ip -n ${name} link set ${name} mtu 1376 up
        ip -n ${name} route replace ${network} dev ${name}`);
    },
    run: (...words) =>
      execFileSync("ip", [...inside, ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    keep: (...words) => {
      const child = spawn("ip", [...inside, ...words], { stdio: ["ignore", "pipe", "ignore"] });
      kept.push(child);
      return child;
    },
    down: async () => {
      await Promise.all([kill(), ...kept.map(end)]);
      rmSync(link, { force: true });
      rmSync(socket, { force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** Polls until the condition holds, for half a minute. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_200; left > 0; left--) {
    if (await isSo()) return;
    await delay(25);
  }
  throw new Error("it did not come to be so");
}
