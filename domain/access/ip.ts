/** An address of either family as a number. */
export interface Ip {
  readonly value: bigint;
  /** 32 for IPv4, 128 for IPv6. */
  readonly bits: 32 | 128;
}

/** A network of either family, taken apart: `base` is its first address as a number. */
export interface IpNetwork {
  readonly base: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

/**
 * Reads an IPv4 address, or an IPv6 address without a zone (RFC 4291, section 2.2); undefined when
 * `text` is neither. Leading zeros in IPv4 are refused because some programs read them as octal.
 */
export function readIp(text: string): Ip | undefined {
  const value = text.includes(":") ? readIpv6(text) : readIpv4(text);
  return value === undefined ? undefined : { value, bits: text.includes(":") ? 128 : 32 };
}

function readIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every(isByte)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function readIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : withoutDots(half).split(":")));
  const given = [...(head ?? []), ...(tail ?? [])];
  const missing = 8 - given.length;
  // `::` stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  if (!given.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return undefined;
  const groups = [...(head ?? []), ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const isByte = (part: string) => /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) <= 255;

/** The last four bytes may be written as IPv4. */
function withoutDots(half: string): string {
  const last = half.slice(half.lastIndexOf(":") + 1);
  const value = last.includes(".") ? readIpv4(last) : undefined;
  if (value === undefined) return half;
  const groups = `${(value >> 16n).toString(16)}:${(value & 65_535n).toString(16)}`;
  return half.slice(0, half.length - last.length) + groups;
}

/** An address in the one form that daemons and databases write: for IPv6 that of RFC 5952. */
export function ipText({ value, bits }: Ip): string {
  if (bits === 32) {
    return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 65_535n).toString(16),
  );
  const runs = [...groups.join(":").matchAll(/(?<![^:])0(?::0)+(?![^:])/gu)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), "");
  if (longest === "") return groups.join(":");
  const at = runs.find(([run]) => run === longest)?.index ?? 0;
  const text = groups.join(":");
  const head = text.slice(0, at).replace(/:$/u, "");
  const tail = text.slice(at + longest.length).replace(/^:/u, "");
  return `${head}::${tail}`;
}

/** Reads a network in CIDR form; bits behind its prefix are cut off. */
export function readNetwork(cidr: string): IpNetwork | undefined {
  const [address = "", prefix = "", ...rest] = cidr.split("/");
  const ip = readIp(address);
  if (ip === undefined || rest.length > 0 || !/^\d{1,3}$/u.test(prefix)) return undefined;
  const length = Number(prefix);
  if (length > ip.bits) return undefined;
  const size = sizeOf({ prefix: length, bits: ip.bits });
  return { base: ip.value - (ip.value % size), prefix: length, bits: ip.bits };
}

/** How many addresses a network has. */
export const sizeOf = ({ prefix, bits }: Pick<IpNetwork, "prefix" | "bits">): bigint =>
  2n ** BigInt(bits - prefix);

/** A network in CIDR form, with its first address. */
export const networkText = ({ base, prefix, bits }: IpNetwork): string =>
  `${ipText({ value: base, bits })}/${prefix}`;

/** Whether a network has this address. */
export const hasAddress = (network: IpNetwork, { value, bits }: Ip): boolean =>
  network.bits === bits && value >= network.base && value < network.base + sizeOf(network);
