import { setImmediate } from "node:timers/promises";
import {
  type Device,
  type DevicePeer,
  type DeviceState,
  type PeerToPut,
  withoutHostMask,
} from "./device.ts";
import { earliestMarker, isMarker, newMarker } from "./epoch-marker.ts";
import { publicKeyOf } from "./keys.ts";
import { hashOf } from "./tunnel.ts";
import { type Entry, uapi } from "./uapi.ts";

interface Snapshot {
  readonly device: ReadonlyMap<string, string>;
  /** Each peer's lines, the first being its `public_key`. */
  readonly peers: readonly (readonly Entry[])[];
}

/** The userspace daemon's interface, through its UAPI socket: no command line and no root. */
export class UapiDevice implements Device {
  readonly #socket: string;
  readonly #wanted: readonly Entry[];
  #preparing: Promise<void> | undefined;

  /** `wanted`: what the interface itself is kept at; empty where somebody else sets it up. */
  constructor(socket: string, wanted: readonly Entry[]) {
    this.#socket = socket;
    this.#wanted = wanted;
  }

  /** Finds the interface as it should be, or sets it up first: after a restart it comes up blank. */
  async read(): Promise<DeviceState> {
    const seen = await this.#get();
    if (this.#corrections(seen).length === 0) return stateOf(seen);
    this.#preparing ??= this.#prepare().finally(() => (this.#preparing = undefined));
    await this.#preparing;
    return stateOf(await this.#get());
  }

  async put(peers: readonly PeerToPut[]): Promise<void> {
    const entries = peers.flatMap(({ publicKey, presharedKey, address }): Entry[] => [
      ["public_key", toHex(publicKey)],
      ["preshared_key", toHex(presharedKey)],
      ["replace_allowed_ips", "true"],
      ["allowed_ip", `${address}/32`],
    ]);
    if (entries.length > 0) await uapi(this.#socket, "set", entries);
  }

  async remove(publicKeys: readonly string[]): Promise<void> {
    const entries = publicKeys.flatMap((publicKey): Entry[] => [
      ["public_key", toHex(publicKey)],
      ["remove", "true"],
    ]);
    if (entries.length > 0) await uapi(this.#socket, "set", entries);
  }

  async #get(): Promise<Snapshot> {
    return snapshot(await uapi(this.#socket, "get", []));
  }

  async #prepare(): Promise<void> {
    const corrections = this.#corrections(await this.#get());
    if (corrections.length === 0) return;
    await uapi(this.#socket, "set", corrections);
    const mine = corrections.find(([key]) => key === "public_key")?.[1];
    const counts = earliestMarker(publicKeys(await this.#get()))?.publicKeyHex;
    if (mine === undefined || mine === counts) return;
    await uapi(this.#socket, "set", [
      ["public_key", mine],
      ["remove", "true"],
    ]);
  }

  /** Only what differs is sent: a key or port that is set again disturbs everyone who is connected. */
  #corrections({ device, peers }: Snapshot): Entry[] {
    const wanted = this.#wanted;
    const wrong = wanted.filter(([key, value]) => (device.get(key) ?? absent(key)) !== value);
    // The four ranges are judged together by the daemon, so they travel together.
    const headers = wrong.some(([key]) => isHeader(key))
      ? wanted.filter(([key]) => isHeader(key))
      : [];
    const corrections = [...wrong.filter(([key]) => !isHeader(key)), ...headers];
    const marked = earliestMarker(publicKeys({ device, peers })) !== undefined;
    return marked
      ? corrections
      : [...corrections, ["public_key", newMarker(new Date()).publicKeyHex]];
  }
}

const isHeader = (key: string): boolean => /^h\d$/u.test(key);

/** What it means that the daemon leaves out a device value: 0, or none. */
const absent = (key: string): string => (/^(?:private_key|i\d)$/u.test(key) ? "" : "0");

/** So many lines, or peers, at a stretch take a few milliseconds: 10,000 peers are 80,000 lines. */
const atAStretch = { lines: 4_000, peers: 400 } as const;

async function snapshot(entries: readonly Entry[]): Promise<Snapshot> {
  const device = new Map<string, string>();
  const peers: Entry[][] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % atAStretch.lines === atAStretch.lines - 1) await setImmediate();
    if (entry[0] === "public_key") peers.push([entry]);
    else if (peers.length > 0) peers.at(-1)?.push(entry);
    else device.set(...entry);
  }
  return { device, peers };
}

const publicKeys = ({ peers }: Snapshot): string[] => peers.map(([first]) => first?.[1] ?? "");

async function stateOf(seen: Snapshot): Promise<DeviceState> {
  const marker = earliestMarker(publicKeys(seen));
  // Nobody but an operator who empties the interface takes the mark away between two requests.
  if (marker === undefined)
    throw new Error("the VPN host lost its peers while it was asked for them");
  const privateKey = seen.device.get("private_key");
  const peers: DevicePeer[] = [];
  for (const [index, entries] of seen.peers.entries()) {
    if (index % atAStretch.peers === atAStretch.peers - 1) await setImmediate();
    if (!isMarker(entries[0]?.[1] ?? "")) peers.push(peerOf(entries));
  }
  return {
    epoch: marker.epoch,
    publicKey: privateKey === undefined ? undefined : publicKeyOf(toBase64(privateKey)),
    peers,
  };
}

function peerOf(entries: readonly Entry[]): DevicePeer {
  const values = new Map(entries);
  const count = (key: string) => {
    const value = Number(values.get(key) ?? "0");
    if (!Number.isSafeInteger(value)) throw new Error(`the VPN host's ${key} is no number`);
    return value;
  };
  const ranges = entries.filter(([key]) => key === "allowed_ip").map(([, cidr]) => cidr);
  const preshared = values.get("preshared_key") ?? noKey;
  return {
    publicKey: toBase64(values.get("public_key") ?? ""),
    presharedHash: preshared === noKey ? undefined : hashOf(Buffer.from(preshared, "hex")),
    addresses: ranges.map(withoutHostMask),
    receivedBytes: count("rx_bytes"),
    sentBytes: count("tx_bytes"),
    handshakeS: count("last_handshake_time_sec"),
  };
}

/** How the daemon writes that there is none. */
const noKey = "0".repeat(64);

export const toHex = (key: string): string => Buffer.from(key, "base64").toString("hex");

function toBase64(key: string): string {
  if (!/^[0-9a-f]{64}$/u.test(key)) throw new Error("the VPN host named a key that is none");
  return Buffer.from(key, "hex").toString("base64");
}
