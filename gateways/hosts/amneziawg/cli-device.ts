import { setImmediate } from "node:timers/promises";
import { bulkhead } from "cockatiel";
import { run } from "./command.ts";
import {
  type Device,
  type DevicePeer,
  type DeviceState,
  type PeerToPut,
  withoutHostMask,
} from "./device.ts";
import { isMarker } from "./epoch-marker.ts";
import { isKey } from "./keys.ts";
import type { CliPlace } from "./settings.ts";
import { hashOf } from "./tunnel.ts";

// A child's standard input can be a socket, which the tools cannot open by name: cat makes it a pipe.
const putScript = 'cat | "$1" addconf "$2" /dev/stdin';
// The keys come one a line: a command line would be full after some thousands.
const removeScript = [
  'tool="$1"; interface="$2"; shift 2',
  'while read -r key; do set -- "$@" peer "$key" remove; done',
  '"$tool" set "$interface" "$@"',
].join("; ");
// An interface that is made again gets a higher number; a container or a machine that is, other ids.
const readScript = [
  "cat /proc/sys/kernel/random/boot_id",
  "readlink /proc/self/ns/net",
  'cat "/sys/class/net/$2/ifindex"',
  '"$1" show "$2" dump',
].join(" && ");

/** An SSH server takes 10 sessions on one connection, and refuses some of what is more. */
const atOnce = 8;

/** Lines of a dump that take a few milliseconds. */
const atAStretch = 1_000;

/** Peers that one command removes: 60 bytes of arguments each. */
const atOneGo = 500;

/**
 * An interface through the `awg` or `wg` command line: the kernel module's too, on this machine or over SSH.
 * An interface that is not there is an outage and not a refusal, since a dead daemon takes it along.
 */
export class CliDevice implements Device {
  readonly #place: CliPlace;
  readonly #queue = bulkhead(atOnce, Number.POSITIVE_INFINITY);

  constructor(place: CliPlace) {
    this.#place = place;
  }

  async read(): Promise<DeviceState> {
    const output = await this.#run(readScript, "");
    const [bootId = "", namespace = "", index = "", ...dump] = output.trimEnd().split("\n");
    const [itself, ...lines] = dump.map((line) => line.split("\t"));
    // Tools of all ages tell a peer in 8 columns, the interface in 4 or in more than 8.
    if (!/^[0-9a-f-]{36}$/u.test(bootId) || !/^\d+$/u.test(index) || itself === undefined) {
      throw new Error(`${this.#place.tool} on ${this.#place.interface} answered no dump`);
    }
    const peers: DevicePeer[] = [];
    for (const [at, fields] of lines.entries()) {
      if (at % atAStretch === atAStretch - 1) await setImmediate();
      const peer = peerOf(fields);
      if (!isMarker(Buffer.from(peer.publicKey, "base64").toString("hex"))) peers.push(peer);
    }
    return {
      epoch: `${bootId}/${namespace.replace(/\D/gu, "")}/${index}`,
      publicKey: isKey(itself[1] ?? "") ? itself[1] : undefined,
      peers,
    };
  }

  async put(peers: readonly PeerToPut[]): Promise<void> {
    const sections = peers.map(
      ({ publicKey, presharedKey, address }) =>
        `[Peer]\nPublicKey = ${publicKey}\nPresharedKey = ${presharedKey}\nAllowedIPs = ${address}/32\n`,
    );
    if (sections.length > 0) await this.#run(putScript, sections.join("\n"));
  }

  async remove(publicKeys: readonly string[]): Promise<void> {
    for (let first = 0; first < publicKeys.length; first += atOneGo) {
      const keys = publicKeys.slice(first, first + atOneGo);
      await this.#run(removeScript, keys.map((key) => `${key}\n`).join(""));
    }
  }

  #run(script: string, input: string): Promise<string> {
    const words = [this.#place.tool, this.#place.interface];
    return this.#queue.execute(() => run(this.#place, { script, words, input }));
  }
}

function peerOf(fields: readonly string[]): DevicePeer {
  const [publicKey = "", preshared = "", , ranges = "", handshake, received, sent] = fields;
  const numbers = [handshake, received, sent].map(Number);
  const [handshakeS = 0, receivedBytes = 0, sentBytes = 0] = numbers;
  if (fields.length !== 8 || !isKey(publicKey) || !numbers.every(Number.isSafeInteger)) {
    throw new Error("a line of the VPN host's dump is no peer");
  }
  const addresses = ranges === "(none)" ? [] : ranges.split(",").map(withoutHostMask);
  const presharedHash = isKey(preshared) ? hashOf(Buffer.from(preshared, "base64")) : undefined;
  return { publicKey, presharedHash, addresses, receivedBytes, sentBytes, handshakeS };
}
