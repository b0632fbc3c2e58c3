import { setImmediate } from "node:timers/promises";
import {
  type Device,
  type DevicePeer,
  type DeviceState,
  type PeerToPut,
  withHostMask,
  withoutHostMask,
} from "./device.ts";
import { earliestMarker, isMarker, newMarker } from "./epoch-marker.ts";
import type { DeviceFacts } from "./inspection.ts";
import { publicKeyOf } from "./keys.ts";
import { hashOf } from "./tunnel.ts";
import { callUapi, type Entry } from "./uapi.ts";

interface Snapshot {
  readonly device: ReadonlyMap<string, string>;
  /** Each peer's lines; the first is its `public_key`. */
  readonly peers: readonly (readonly Entry[])[];
}

/** The interface of the userspace daemon, through its UAPI socket: no command line and no root. */
export class UapiDevice implements Device {
  readonly #socket: string;
  readonly #wanted: readonly Entry[];
  #preparing: Promise<void> | undefined;

  /** `wanted`: the interface's own values that it is kept at; empty where others set it up. */
  constructor(socket: string, wanted: readonly Entry[]) {
    this.#socket = socket;
    this.#wanted = wanted;
  }

  /**
   * Reads the interface; first sets it up where it is not as it should be:
   * a restart leaves it blank.
   */
  async read(): Promise<DeviceState> {
    const current = await this.#get();
    if (this.#corrections(current).length === 0) return readState(current);
    this.#preparing ??= this.#prepare().finally(() => (this.#preparing = undefined));
    await this.#preparing;
    return readState(await this.#get());
  }

  async inspect(): Promise<DeviceFacts> {
    const { publicKey } = await this.read();
    const { device } = await this.#get();
    const port = Number(device.get("listen_port") ?? "0");
    const names = ["s1", "s2", "s3", "s4", "h1", "h2", "h3", "h4"];
    return {
      publicKey,
      listenPort: port === 0 ? undefined : port,
      parameters: new Map(names.map((name) => [name, device.get(name) ?? absent(name)])),
      // The daemon runs on this machine.
      clock: undefined,
    };
  }

  async put(peers: readonly PeerToPut[]): Promise<void> {
    const entries = peers.flatMap(({ publicKey, presharedKey, addresses }): Entry[] => [
      ["public_key", toHex(publicKey)],
      ["preshared_key", toHex(presharedKey)],
      ["replace_allowed_ips", "true"],
      ...addresses.map((address): Entry => ["allowed_ip", withHostMask(address)]),
    ]);
    if (entries.length > 0) await callUapi(this.#socket, "set", entries);
  }

  async remove(publicKeys: readonly string[]): Promise<void> {
    const entries = publicKeys.flatMap((publicKey): Entry[] => [
      ["public_key", toHex(publicKey)],
      ["remove", "true"],
    ]);
    if (entries.length > 0) await callUapi(this.#socket, "set", entries);
  }

  async #get(): Promise<Snapshot> {
    return readSnapshot(await callUapi(this.#socket, "get", []));
  }

  async #prepare(): Promise<void> {
    const corrections = this.#corrections(await this.#get());
    if (corrections.length === 0) return;
    await callUapi(this.#socket, "set", corrections);
    const own = corrections.find(([key]) => key === "public_key")?.[1];
    const counting = earliestMarker(publicKeys(await this.#get()))?.publicKeyHex;
    if (own === undefined || own === counting) return;
    await callUapi(this.#socket, "set", [
      ["public_key", own],
      ["remove", "true"],
    ]);
  }

  /**
   * Sends only what differs: a key or port that is set again disturbs everyone who is connected.
   */
  #corrections({ device, peers }: Snapshot): Entry[] {
    const wanted = this.#wanted;
    const wrong = wanted.filter(([key, value]) => (device.get(key) ?? absent(key)) !== value);
    // The daemon checks the four ranges together, so they are sent together.
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

/** What a value means that the daemon leaves out: 0, or an empty text. */
const absent = (key: string): string => (/^(?:private_key|i\d)$/u.test(key) ? "" : "0");

/** This many lines, or peers, take a few milliseconds: 10,000 peers are 80,000 lines. */
const batch = { lines: 4_000, peers: 400 } as const;

async function readSnapshot(entries: readonly Entry[]): Promise<Snapshot> {
  const device = new Map<string, string>();
  const peers: Entry[][] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % batch.lines === batch.lines - 1) await setImmediate();
    if (entry[0] === "public_key") peers.push([entry]);
    else if (peers.length > 0) peers.at(-1)?.push(entry);
    else device.set(...entry);
  }
  return { device, peers };
}

const publicKeys = ({ peers }: Snapshot): string[] => peers.map(([first]) => first?.[1] ?? "");

async function readState(current: Snapshot): Promise<DeviceState> {
  const marker = earliestMarker(publicKeys(current));
  // Only an operator who empties the interface removes the mark between two requests.
  if (marker === undefined)
    throw new Error("the VPN host lost its peers while it was asked for them");
  const privateKey = current.device.get("private_key");
  const peers: DevicePeer[] = [];
  for (const [index, entries] of current.peers.entries()) {
    if (index % batch.peers === batch.peers - 1) await setImmediate();
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
    if (!Number.isSafeInteger(value)) throw new Error(`the VPN host's ${key} is not a number`);
    return value;
  };
  const ranges = entries.filter(([key]) => key === "allowed_ip").map(([, cidr]) => cidr);
  const preshared = values.get("preshared_key") ?? noKey;
  return {
    publicKey: toBase64(values.get("public_key") ?? ""),
    presharedHash: preshared === noKey ? undefined : hashOf(Buffer.from(preshared, "hex")),
    presharedKey: preshared === noKey ? undefined : toBase64(preshared),
    addresses: ranges.map(withoutHostMask),
    receivedBytes: count("rx_bytes"),
    sentBytes: count("tx_bytes"),
    handshakeS: count("last_handshake_time_sec"),
  };
}

/** How the daemon writes that a peer has no preshared key. */
const noKey = "0".repeat(64);

/** A base64 key in hexadecimal, as UAPI writes keys. */
export const toHex = (key: string): string => Buffer.from(key, "base64").toString("hex");

function toBase64(key: string): string {
  if (!/^[0-9a-f]{64}$/u.test(key)) throw new Error("the VPN host returned an invalid key");
  return Buffer.from(key, "hex").toString("base64");
}
