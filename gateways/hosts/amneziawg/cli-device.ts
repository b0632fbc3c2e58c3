import { setImmediate } from "node:timers/promises";
import { bulkhead } from "cockatiel";
import type { HostFinding } from "../../../domain/access/host-report.ts";
import { HostOutage } from "../trouble.ts";
import { runOnHost } from "./command.ts";
import {
  type Device,
  type DevicePeer,
  type DeviceState,
  type PeerToPut,
  withHostMask,
  withoutHostMask,
} from "./device.ts";
import { isMarker } from "./epoch-marker.ts";
import { type DeviceFacts, readInterfaceLine } from "./inspection.ts";
import { isKey } from "./keys.ts";
import type { CliPlace } from "./settings.ts";
import { hashOf } from "./tunnel.ts";

// A child's standard input can be a socket, which the tools cannot open by name;
// `cat` makes it a pipe.
const putScript = 'cat | "$1" addconf "$2" /dev/stdin';
// The keys come on standard input, one per line: a command line has room for some thousands only.
const removeScript = [
  'tool="$1"; interface="$2"; shift 2',
  'while read -r key; do set -- "$@" peer "$key" remove; done',
  '"$tool" set "$interface" "$@"',
].join("; ");
// A recreated interface gets a higher index; a recreated container or a rebooted machine other ids.
const readScript = [
  "cat /proc/sys/kernel/random/boot_id",
  "readlink /proc/self/ns/net",
  'cat "/sys/class/net/$2/ifindex"',
  '"$1" show "$2" dump',
  // A dump that was cut off would look like peers that are gone.
  "echo end",
].join(" && ");

// The private key in the first column stays there.
const inspectScript = [
  "date +%s",
  'cat "/sys/class/net/$2/ifindex" >/dev/null || exit 1',
  'dump=$("$1" show "$2" dump) || exit $?',
  'printf "%s\\n" "$dump" | head -n 1 | cut -f 2- | sed "s/^/-\t/"',
].join("; ");
const presenceScript = [
  "if [ -d /sys/module/amneziawg ]; then echo module; fi",
  "if [ -c /dev/net/tun ]; then echo tun; fi",
].join("; ");

/** An SSH server takes 10 sessions on one connection, and may refuse the others. */
const mostSessions = 8;

/** Lines of a dump that take a few milliseconds to parse. */
const linesPerBatch = 1_000;

/** Peers that one command removes: 60 bytes of arguments each. */
const removedPerCommand = 500;

/**
 * An interface through the `awg` or `wg` command line, also of the kernel module, on this machine
 * or over SSH. A missing interface is an outage and not a refusal,
 * because a daemon that dies removes it.
 */
export class CliDevice implements Device {
  readonly #place: CliPlace;
  readonly #queue = bulkhead(mostSessions, Number.POSITIVE_INFINITY);

  constructor(place: CliPlace) {
    this.#place = place;
  }

  async read(): Promise<DeviceState> {
    const output = await this.#run(readScript, "");
    const [bootId = "", namespace = "", index = "", ...dump] = output.trimEnd().split("\n");
    const end = dump.pop();
    const [itself, ...lines] = dump.map((line) => line.split("\t"));
    // All versions of the tools print 8 columns for a peer, and 4 or more than 8 for the interface.
    if (
      !/^[0-9a-f-]{36}$/u.test(bootId) ||
      !/^\d+$/u.test(index) ||
      itself === undefined ||
      end !== "end"
    ) {
      throw new Error(`${this.#place.tool} on ${this.#place.interface} did not print a dump`);
    }
    const peers: DevicePeer[] = [];
    for (const [at, fields] of lines.entries()) {
      if (at % linesPerBatch === linesPerBatch - 1) await setImmediate();
      const peer = peerOf(fields);
      if (!isMarker(Buffer.from(peer.publicKey, "base64").toString("hex"))) peers.push(peer);
    }
    return {
      epoch: `${bootId}/${namespace.replace(/\D/gu, "")}/${index}`,
      publicKey: isKey(itself[1] ?? "") ? itself[1] : undefined,
      peers,
    };
  }

  async inspect(): Promise<DeviceFacts> {
    const output = await this.#run(inspectScript, "").catch((error: unknown) =>
      this.#explain(error),
    );
    const [time = "", line = ""] = output.trimEnd().split("\n");
    const { publicKey, ...facts } = readInterfaceLine(line);
    const clock = /^\d+$/u.test(time) ? new Date(Number(time) * 1_000) : undefined;
    return { ...facts, publicKey: isKey(publicKey) ? publicKey : undefined, clock };
  }

  /** @throws the error, and what else is missing on a machine without the interface. */
  async #explain(error: unknown): Promise<never> {
    if (!(error instanceof HostOutage) || error.trouble !== "interface") throw error;
    const there = (await this.#run(presenceScript, "")).split("\n");
    const also: HostFinding[] = [];
    if (!there.includes("module")) {
      const details = "the kernel module is not loaded: without it amneziawg-go has to run";
      also.push({ trouble: "module", details });
      const noTun = "there is no /dev/net/tun, which amneziawg-go needs";
      if (!there.includes("tun")) also.push({ trouble: "tun", details: noTun });
    }
    throw new HostOutage("interface", error.message, { also });
  }

  async put(peers: readonly PeerToPut[]): Promise<void> {
    const sections = peers.map(({ publicKey, presharedKey, addresses }) =>
      [
        "[Peer]",
        `PublicKey = ${publicKey}`,
        `PresharedKey = ${presharedKey}`,
        ...(addresses.length === 0
          ? []
          : [`AllowedIPs = ${addresses.map(withHostMask).join(", ")}`]),
        "",
      ].join("\n"),
    );
    if (sections.length > 0) await this.#run(putScript, sections.join("\n"));
  }

  async remove(publicKeys: readonly string[]): Promise<void> {
    for (let first = 0; first < publicKeys.length; first += removedPerCommand) {
      const keys = publicKeys.slice(first, first + removedPerCommand);
      await this.#run(removeScript, keys.map((key) => `${key}\n`).join(""));
    }
  }

  #run(script: string, input: string): Promise<string> {
    const words = [this.#place.tool, this.#place.interface];
    return this.#queue.execute(() => runOnHost(this.#place, { script, words, input }));
  }
}

function peerOf(fields: readonly string[]): DevicePeer {
  const [publicKey = "", preshared = "", , ranges = "", handshake, received, sent] = fields;
  const numbers = [handshake, received, sent].map(Number);
  const [handshakeS = 0, receivedBytes = 0, sentBytes = 0] = numbers;
  if (fields.length !== 8 || !isKey(publicKey) || !numbers.every(Number.isSafeInteger)) {
    throw new Error("a line of the VPN host's dump is not a peer");
  }
  const addresses = ranges === "(none)" ? [] : ranges.split(",").map(withoutHostMask);
  const presharedKey = isKey(preshared) ? preshared : undefined;
  const presharedHash = presharedKey && hashOf(Buffer.from(presharedKey, "base64"));
  return {
    publicKey,
    presharedHash,
    presharedKey,
    addresses,
    receivedBytes,
    sentBytes,
    handshakeS,
  };
}
