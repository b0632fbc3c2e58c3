import { hasAddress, type IpNetwork, networkText, readIp, readNetwork, sizeOf } from "./ip.ts";

/** What goes through a tunnel: networks in CIDR form, of both families. */
export interface Routing {
  readonly allowedIps: readonly string[];
  /** What of it goes past the tunnel all the same. */
  readonly excludedIps?: readonly string[] | undefined;
}

/**
 * The networks that a device sends through the tunnel: exactly the addresses of `allowedIps` that
 * are in none of `excludedIps`, in the fewest networks, IPv4 first. Without exclusions they stay as
 * they are written.
 */
export function routesOf({ allowedIps, excludedIps = [] }: Routing): readonly string[] {
  if (excludedIps.length === 0) return allowedIps;
  return ([32, 128] as const).flatMap((bits) => {
    const allowed = rangesOf(allowedIps, bits);
    return without(allowed, rangesOf(excludedIps, bits)).flatMap((range) =>
      networksOf(range, bits).map(networkText),
    );
  });
}

/** Whether an address is in one of these networks. */
export function isRouted(routes: readonly string[], address: string): boolean {
  const ip = readIp(address);
  return (
    ip !== undefined &&
    routes.some((route) => {
      const network = readNetwork(route);
      return network !== undefined && hasAddress(network, ip);
    })
  );
}

/** Addresses from `first` up to, and without, `end`. */
interface Range {
  readonly first: bigint;
  readonly end: bigint;
}

/** The ranges of these networks in ascending order, none of which touches another. */
function rangesOf(networks: readonly string[], bits: number): Range[] {
  const ranges = networks
    .flatMap((cidr) => readNetwork(cidr) ?? [])
    .filter((network) => network.bits === bits)
    .map((network): Range => ({ first: network.base, end: network.base + sizeOf(network) }))
    .toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last === undefined || range.first > last.end) joined.push(range);
    else if (range.end > last.end) joined.splice(-1, 1, { first: last.first, end: range.end });
  }
  return joined;
}

function without(allowed: readonly Range[], excluded: readonly Range[]): Range[] {
  return allowed.flatMap(({ first, end }) => {
    const kept: Range[] = [];
    let from = first;
    for (const hole of excluded) {
      if (hole.end <= from || hole.first >= end) continue;
      if (hole.first > from) kept.push({ first: from, end: hole.first });
      from = hole.end;
    }
    return from < end ? [...kept, { first: from, end }] : kept;
  });
}

/** The fewest networks that are together this range. */
function networksOf({ first, end }: Range, bits: 32 | 128): IpNetwork[] {
  const networks: IpNetwork[] = [];
  let base = first;
  while (base < end) {
    let prefix = bits as number;
    // Twice as wide as long as it begins at a multiple of its size and does not reach too far.
    while (prefix > 0 && isNetworkInside({ base, prefix: prefix - 1, bits }, end)) prefix -= 1;
    networks.push({ base, prefix, bits });
    base += sizeOf({ prefix, bits });
  }
  return networks;
}

function isNetworkInside(network: IpNetwork, end: bigint): boolean {
  const size = sizeOf(network);
  return network.base % size === 0n && network.base + size <= end;
}
