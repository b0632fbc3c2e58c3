/** An IPv4 network in CIDR form, taken apart: `base` is its first address as a number. */
interface Network {
  readonly base: number;
  readonly prefix: number;
}

/**
 * An IPv4 address as a number, or undefined when `text` is not an address. Leading zeros are
 * refused because some programs read them as octal.
 */
function addressNumber(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/u.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

const addressText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/** Whether `text` is an IPv4 address in plain dotted decimals, without leading zeros. */
export const isAddress = (text: string): boolean => addressNumber(text) !== undefined;

/**
 * Whether `cidr` is an IPv4 network written with its first address:
 * `10.8.0.0/24`, not `10.8.0.1/24`.
 */
export const isNetwork = (cidr: string): boolean => "network" in parseNetwork(cidr);

type NetworkReading = { readonly network: Network } | { readonly problem: string };

function parseNetwork(cidr: string): NetworkReading {
  const [address = "", bits = "", ...rest] = cidr.split("/");
  const base = addressNumber(address);
  const prefix = /^\d{1,2}$/u.test(bits) ? Number(bits) : 33;
  if (base === undefined || prefix > 32 || rest.length > 0) {
    return { problem: `an IPv4 network looks like 10.8.0.0/24, got "${cidr}"` };
  }
  const first = base - (base % 2 ** (32 - prefix));
  if (first !== base) {
    return { problem: `the network of ${cidr} is written ${addressText(first)}/${prefix}` };
  }
  return { network: { base, prefix } };
}

/**
 * @throws RangeError when `cidr` is not a network of /8 to /30, i.e. has no room for a
 * server and a customer.
 */
function poolOf(cidr: string): Network & { readonly size: number } {
  const read = parseNetwork(cidr);
  if ("problem" in read) throw new RangeError(read.problem);
  const { network } = read;
  if (network.prefix > 30 || network.prefix < 8) {
    throw new RangeError(`a pool of addresses is a network of /8 to /30, got "${cidr}"`);
  }
  return { ...network, size: 2 ** (32 - network.prefix) };
}

/**
 * The address of the host itself: the first one after the network's own.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export const serverAddressOf = (cidr: string): string => addressText(poolOf(cidr).base + 1);

/**
 * How many customers' devices a network has room for:
 * all addresses but network, server and broadcast.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export const capacityOf = (cidr: string): number => poolOf(cidr).size - 3;

/**
 * The first address in a network for a customer's device.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export const firstAddressOf = (cidr: string): string => addressAt(cidr, 0);

/**
 * The device address at `index`, counted from 0.
 * @throws RangeError when `index` is outside `capacityOf`.
 */
export function addressAt(cidr: string, index: number): string {
  const { base } = poolOf(cidr);
  if (!Number.isSafeInteger(index) || index < 0 || index >= capacityOf(cidr)) {
    throw new RangeError(
      `${cidr} has ${capacityOf(cidr)} addresses for devices, not one at index ${index}`,
    );
  }
  return addressText(base + 2 + index);
}

/**
 * The lowest `count` device addresses of a network that are not taken; fewer when it is full.
 * `db/access/placement.ts` chooses the same in SQL; a test holds the two equal.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export function lowestFree(cidr: string, taken: ReadonlySet<string>, count: number): string[] {
  const free: string[] = [];
  const capacity = capacityOf(cidr);
  for (let index = 0; index < capacity && free.length < count; index += 1) {
    const address = addressAt(cidr, index);
    if (!taken.has(address)) free.push(address);
  }
  return free;
}

/**
 * Whether an address may be given to a device of this network.
 * @throws RangeError when `cidr` is not a network of /8 to /30.
 */
export function isDeviceAddress(cidr: string, address: string): boolean {
  const { base } = poolOf(cidr);
  const value = addressNumber(address);
  return value !== undefined && value >= base + 2 && value < base + 2 + capacityOf(cidr);
}
