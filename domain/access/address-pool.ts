import { hasAddress, type IpNetwork, ipText, readIp, readNetwork, sizeOf } from "./ip.ts";

/** Whether `text` is an IPv4 address in plain dotted decimals, without leading zeros. */
export const isAddress = (text: string): boolean => readIp(text)?.bits === 32;

/**
 * Whether `cidr` is an IPv4 network written with its first address:
 * `10.8.0.0/24`, not `10.8.0.1/24`.
 */
export const isNetwork = (cidr: string): boolean => "network" in parseNetwork(cidr);

type NetworkReading = { readonly network: IpNetwork } | { readonly problem: string };

function parseNetwork(cidr: string): NetworkReading {
  const network = readNetwork(cidr);
  if (network?.bits !== 32 || !/\/\d{1,2}$/u.test(cidr)) {
    return { problem: `an IPv4 network looks like 10.8.0.0/24, got "${cidr}"` };
  }
  const first = ipText({ value: network.base, bits: 32 });
  if (first !== cidr.split("/")[0]) {
    return { problem: `the network of ${cidr} is written ${first}/${network.prefix}` };
  }
  return { network };
}

/** Unique local addresses (RFC 4193), and those that the whole Internet can route. */
const usableIpv6 = ["fc00::/7", "2000::/3"].flatMap((cidr) => readNetwork(cidr) ?? []);

/**
 * Whether `cidr` is an IPv6 network from which devices can be given addresses: of /48 to /112,
 * unique local or global, written as RFC 5952 has it, e.g. `fd0c:7e4a:9b31::/64`.
 */
export function isNetwork6(cidr: string): boolean {
  const network = readNetwork(cidr);
  if (network?.bits !== 128 || network.prefix < 48 || network.prefix > 112) return false;
  const first = { value: network.base, bits: 128 } as const;
  const isUsable = usableIpv6.some((usable) => hasAddress(usable, first));
  return isUsable && cidr === `${ipText(first)}/${network.prefix}`;
}

/** The networks of a host, in which each device has one address of each family. */
export interface AddressPool {
  /** IPv4. */
  readonly network: string;
  /** IPv6, `isNetwork6`; null: devices of this host have none. */
  readonly network6?: string | null | undefined;
}

/** What one device has inside the tunnel, without masks. */
export interface DeviceAddresses {
  readonly address: string;
  /** IPv6; null where the host has no network of it. */
  readonly address6: string | null;
}

/** @throws RangeError when `cidr` is neither an IPv4 network of /8 to /30 nor `isNetwork6`. */
function poolOf(cidr: string): IpNetwork {
  if (isNetwork6(cidr)) return readNetwork(cidr) as IpNetwork;
  const read = parseNetwork(cidr);
  if ("problem" in read) throw new RangeError(read.problem);
  const { network } = read;
  if (network.prefix > 30 || network.prefix < 8) {
    throw new RangeError(`a pool of addresses is a network of /8 to /30, got "${cidr}"`);
  }
  return network;
}

/**
 * The address of the host itself: the first one after the network's own, in either family.
 * @throws RangeError when `cidr` is neither an IPv4 network of /8 to /30 nor `isNetwork6`.
 */
export function serverAddressOf(cidr: string): string {
  const { base, bits } = poolOf(cidr);
  return ipText({ value: base + 1n, bits });
}

/**
 * How many customers' devices an IPv4 network has room for:
 * all addresses but network, server and broadcast.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export const capacityOf = (cidr: string): number => Number(sizeOf(poolOf(cidr))) - 3;

/** Whether an IPv6 network has an address for each of an IPv4 network's. Both are pools. */
export const isWideEnough = (cidr6: string, cidr: string): boolean =>
  sizeOf(poolOf(cidr6)) >= sizeOf(poolOf(cidr));

/**
 * The first address in a network of either family for a customer's device.
 * @throws RangeError when `cidr` is neither an IPv4 network of /8 to /30 nor `isNetwork6`.
 */
export const firstAddressOf = (cidr: string): string => addressAt(cidr, 0);

/**
 * The device address at `index` of a network of either family, counted from 0.
 * @throws RangeError when `index` is outside `capacityOf`, or of no pool.
 */
export function addressAt(cidr: string, index: number): string {
  const network = poolOf(cidr);
  const capacity = sizeOf(network) - 3n;
  if (!Number.isSafeInteger(index) || index < 0 || BigInt(index) >= capacity) {
    throw new RangeError(
      `${cidr} has ${capacity} addresses for devices, not one at index ${index}`,
    );
  }
  return ipText({ value: network.base + 2n + BigInt(index), bits: network.bits });
}

/**
 * The lowest `count` places of a pool of whose addresses none is taken; fewer when it is full. The
 * two addresses of a device have the same index in their networks, so that a host which gets IPv6
 * later has one for each device that it has.
 * `db/access/free-places.ts` chooses the same in SQL; a test holds the two equal.
 * @throws RangeError when a network is not a pool.
 */
export function lowestFree(
  { network, network6 }: AddressPool,
  taken: ReadonlySet<string>,
  count: number,
): DeviceAddresses[] {
  const free: DeviceAddresses[] = [];
  const capacity = capacityOf(network);
  for (let index = 0; index < capacity && free.length < count; index += 1) {
    const address = addressAt(network, index);
    const address6 = network6 == null ? null : addressAt(network6, index);
    if (!taken.has(address) && !(address6 !== null && taken.has(address6))) {
      free.push({ address, address6 });
    }
  }
  return free;
}

/**
 * Whether an address may be given to a device of this network, which is of either family.
 * @throws RangeError when `cidr` is neither an IPv4 network of /8 to /30 nor `isNetwork6`.
 */
export function isDeviceAddress(cidr: string, address: string): boolean {
  const { base, bits, ...network } = poolOf(cidr);
  const ip = readIp(address);
  if (ip?.bits !== bits || address !== ipText(ip)) return false;
  return ip.value >= base + 2n && ip.value <= base + sizeOf({ bits, ...network }) - 2n;
}
