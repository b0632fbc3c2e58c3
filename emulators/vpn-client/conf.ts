import { isIPv4 } from "node:net";

/** The file is not a client configuration; the message says why, for its owner. */
export class BrokenConf extends Error {
  override readonly name = "BrokenConf";
}

/** A parsed `.conf`. */
export interface ClientConf {
  /** The device's IPv4 address inside the tunnel. */
  readonly address: string;
  readonly mtu: number;
  readonly endpoint: { readonly host: string; readonly port: number };
  /** Where the host is met inside the tunnel. */
  readonly hostAddress: string;
  /**
   * UAPI lines for interface and peer; the peer's begin with `public_key` and lack its endpoint.
   */
  readonly interfaceLines: readonly string[];
  readonly peerLines: readonly string[];
}

type Section = Map<string, string>;

const interfaceKeys = ["privatekey", "address", "dns", "mtu", "listenport", "jc", "jmin", "jmax"];
const peerKeys = ["publickey", "presharedkey", "allowedips", "endpoint", "persistentkeepalive"];
const disguise = /^(?:j(?:c|min|max)|[sh][1-4]|i[1-5])$/u;

/**
 * Reads the text of a `.conf` as amneziawg-tools and awg-quick do: keys in any case, `#` begins a
 * comment, an unknown key is an error. One peer, IPv4 inside the tunnel.
 * @throws BrokenConf
 */
export function readConf(text: string): ClientConf {
  const { device, peer } = sections(text);
  const ranges = splitList(requireKey(peer, "AllowedIPs")).map(asRange);
  const address = ownAddress(requireKey(device, "Address"));
  return {
    address,
    mtu: wholeNumber("MTU", device.get("mtu") ?? "1376", { min: 576, max: 65_535 }),
    endpoint: asEndpoint(requireKey(peer, "Endpoint")),
    hostAddress: hostAddress(address, ranges),
    interfaceLines: [
      `private_key=${keyHex("PrivateKey", requireKey(device, "PrivateKey"))}`,
      ...[...device].filter(([key]) => disguise.test(key)).map(([key, value]) => `${key}=${value}`),
    ],
    peerLines: [
      `public_key=${keyHex("PublicKey", requireKey(peer, "PublicKey"))}`,
      ...optional(peer, "presharedkey", (key) => `preshared_key=${keyHex("PresharedKey", key)}`),
      ...optional(peer, "persistentkeepalive", keepalive),
      ...ranges.map((range) => `allowed_ip=${range}`),
    ],
  };
}

function sections(text: string): { device: Section; peer: Section } {
  const device: Section = new Map();
  const peer: Section = new Map();
  let current: Section | undefined;
  for (const raw of text.split(/\r?\n/u)) {
    const line = raw.replace(/#.*$/u, "").trim();
    if (line === "") continue;
    if (/^\[interface\]$/iu.test(line)) {
      current = device;
    } else if (/^\[peer\]$/iu.test(line)) {
      if (peer.size > 0) throw new BrokenConf("the file has more than one [Peer]");
      current = peer;
    } else {
      const [key, value] = entry(line);
      const known = current === device ? isInterfaceKey(key) : peerKeys.includes(key);
      if (current === undefined) throw new BrokenConf("the file does not begin with [Interface]");
      if (!known) throw new BrokenConf(`"${key.slice(0, 40)}" is not a key of its section`);
      current.set(key, value);
    }
  }
  return { device, peer };
}

const isInterfaceKey = (key: string): boolean => interfaceKeys.includes(key) || disguise.test(key);

function entry(line: string): [key: string, value: string] {
  const equals = line.indexOf("=");
  const key = line.slice(0, equals).trim().toLowerCase();
  const value = line.slice(equals + 1).trim();
  if (equals < 1 || value === "") throw new BrokenConf("a line is not of the form Key = Value");
  return [key, value];
}

function requireKey(section: Section, name: string): string {
  const value = section.get(name.toLowerCase());
  if (value === undefined) throw new BrokenConf(`${name} is missing`);
  return value;
}

function optional(section: Section, key: string, line: (value: string) => string): string[] {
  const value = section.get(key);
  return value === undefined ? [] : [line(value)];
}

function keyHex(name: string, key: string): string {
  const bytes = Buffer.from(key, "base64");
  if (bytes.length !== 32 || bytes.toString("base64") !== key) {
    throw new BrokenConf(`${name} is not the base64 of 32 bytes`);
  }
  return bytes.toString("hex");
}

function keepalive(value: string): string {
  const seconds = value === "off" ? "0" : value;
  const number = wholeNumber("PersistentKeepalive", seconds, { min: 0, max: 65_535 });
  return `persistent_keepalive_interval=${number}`;
}

function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }) {
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : -1;
  if (value < min || value > max)
    throw new BrokenConf(`${name} is not a number from ${min} to ${max}`);
  return value;
}

const splitList = (value: string): string[] => value.split(",").map((part) => part.trim());

function asRange(text: string): string {
  if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/u.test(text)) throw new BrokenConf("AllowedIPs lists no ranges");
  return text;
}

function ownAddress(value: string): string {
  const own = splitList(value)
    .map((part) => part.replace(/\/\d+$/u, ""))
    .find(isIPv4);
  if (own === undefined) throw new BrokenConf("Address holds no IPv4 address");
  return own;
}

function asEndpoint(value: string): ClientConf["endpoint"] {
  const [, v6, name, port = ""] = /^(?:\[([0-9a-fA-F:]+)\]|([\w.-]+)):(\d+)$/u.exec(value) ?? [];
  const host = v6 ?? name;
  if (host === undefined) throw new BrokenConf("Endpoint is not of the form host:port");
  return { host, port: wholeNumber("the endpoint's port", port, { min: 1, max: 65_535 }) };
}

/**
 * The first address of the network that the device is in; of its /24 when all traffic goes through.
 */
function hostAddress(address: string, ranges: readonly string[]): string {
  const own = asNumber(address);
  const bits = ranges
    .filter((range) => range.includes("."))
    .map((range): [base: string, bits: number] => {
      const [base = "", prefix = ""] = range.split("/");
      return [base, Number(prefix)];
    })
    .find(([base, bits]) => bits >= 8 && bits <= 30 && inNetwork(own, asNumber(base), bits))?.[1];
  const size = 2 ** (32 - (bits ?? 24));
  const first = own - (own % size) + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
}

const asNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const inNetwork = (address: number, base: number, bits: number): boolean =>
  Math.floor(address / 2 ** (32 - bits)) === Math.floor(base / 2 ** (32 - bits));
