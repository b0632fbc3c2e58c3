import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressAt,
  capacityOf,
  isAddress,
  isDeviceAddress,
  isNetwork,
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
