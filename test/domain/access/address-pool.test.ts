import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressAt,
  capacityOf,
  isAddress,
  isDeviceAddress,
  isNetwork,
  isNetwork6,
  isWideEnough,
  lowestFree,
  serverAddressOf,
} from "../../../domain/access/address-pool.ts";

test("a /29 gives its five middle addresses, in order", () => {
  expect(addressesOf("10.8.0.8/29")).toEqual([
    "10.8.0.10",
    "10.8.0.11",
    "10.8.0.12",
    "10.8.0.13",
    "10.8.0.14",
  ]);
  expect(serverAddressOf("10.8.0.8/29")).toBe("10.8.0.9");
});

/** Every address that a network has for a device. */
const addressesOf = (cidr: string): string[] =>
  Array.from({ length: capacityOf(cidr) }, (_, index) => addressAt(cidr, index));

const pools = fc.integer({ min: 20, max: 30 }).chain((prefix) =>
  fc.nat(2 ** prefix - 1).map((index) => {
    const base = index * 2 ** (32 - prefix);
    const text = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".");
    return { cidr: `${text}/${prefix}`, prefix };
  }),
);

test("a pool gives each address once, and neither network, server nor broadcast", () =>
  fc.assert(
    fc.property(pools, ({ cidr, prefix }) => {
      const given = addressesOf(cidr);
      expect(given.length).toBe(2 ** (32 - prefix) - 3);
      expect(capacityOf(cidr)).toBe(given.length);
      expect(new Set(given).size).toBe(given.length);
      expect(given).not.toContain(cidr.split("/")[0]);
      expect(given).not.toContain(serverAddressOf(cidr));
      expect(given.every((address) => isDeviceAddress(cidr, address))).toBe(true);
      expect(given.at(-1)).toBe(addressAt(cidr, given.length - 1));
    }),
    { numRuns: 50 },
  ));

test("outside its capacity a pool has no address", () => {
  expect(() => addressAt("10.8.0.0/24", 253)).toThrow(RangeError);
  expect(() => addressAt("10.8.0.0/24", -1)).toThrow(RangeError);
  for (const address of ["10.8.0.0", "10.8.0.1", "10.8.0.255", "10.8.1.2", "x"]) {
    expect(isDeviceAddress("10.8.0.0/24", address)).toBe(false);
  }
});

test("a text that is not a network is refused with an explanation", () => {
  for (const cidr of [
    "10.8.0.0",
    "10.8.0.0/33",
    "10.8.0/24",
    "010.8.0.0/24",
    "10.8.0.0/24/1",
    "",
  ]) {
    expect(isNetwork(cidr)).toBe(false);
    expect(() => addressAt(cidr, 0)).toThrow(/looks like/u);
  }
  expect(() => addressAt("10.8.0.1/24", 0)).toThrow(
    "the network of 10.8.0.1/24 is written 10.8.0.0/24",
  );
  expect(() => addressAt("10.8.0.0/31", 0)).toThrow(/\/8 to \/30/u);
});

test("an address has four whole parts up to 255", () => {
  expect(["10.8.0.2", "255.255.255.255", "0.0.0.0"].every(isAddress)).toBe(true);
  expect(["10.8.0.256", "10.8.0", "1.2.3.4.5", "a.b.c.d", "01.2.3.4", ""].some(isAddress)).toBe(
    false,
  );
});

test("an IPv6 pool is a network of /48 to /112, unique local or global, in the one form", () => {
  const good = ["fd0c:7e4a:9b31::/64", "fd00::/48", "2a01:4f8:1:2::/64", "fd00::1:0/112"];
  expect(good.filter(isNetwork6)).toEqual(good);
  const bad = ["fd00::/47", "fd00::/113", "fd00::1/64", "FD00::/64", "fd00:0::/64", "fe80::/64"];
  const others = ["::/64", "ff02::/64", "10.8.0.0/24", "fd00::", "", "2001:0db8::/64"];
  expect([...bad, ...others].filter(isNetwork6)).toEqual([]);
});

test("a device has the same index in both networks, and gets neither of two addresses alone", () => {
  const pool = { network: "10.8.0.0/29", network6: "fd00::/64" };
  expect(serverAddressOf(pool.network6)).toBe("fd00::1");
  const taken = new Set(["10.8.0.2", "fd00::4", "fd00::7"]);
  expect(lowestFree(pool, taken, 9)).toEqual([
    { address: "10.8.0.3", address6: "fd00::3" },
    { address: "10.8.0.5", address6: "fd00::5" },
    { address: "10.8.0.6", address6: "fd00::6" },
  ]);
  expect(lowestFree({ network: pool.network }, taken, 1)).toEqual([
    { address: "10.8.0.3", address6: null },
  ]);
});

const isDevice = (address: string) => isDeviceAddress("fd00::/112", address);

test("an IPv6 address of a device has one form, and lies in the network", () => {
  expect(["fd00::2", "fd00::fffe"].every(isDevice)).toBe(true);
  const not = ["fd00::", "fd00::1", "fd00::ffff", "fd00::1:0", "fd00:0::2", "FD00::2", "10.8.0.2"];
  expect(not.filter(isDevice)).toEqual([]);
});

test("an IPv6 network is wide enough where each IPv4 address has one beside it", () => {
  expect(isWideEnough("fd00::/112", "10.8.0.0/16")).toBe(true);
  expect(isWideEnough("fd00::/112", "10.8.0.0/15")).toBe(false);
  expect(addressAt("fd00::/112", capacityOf("10.8.0.0/16") - 1)).toBe("fd00::fffe");
});
