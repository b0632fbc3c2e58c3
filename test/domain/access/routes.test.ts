import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isRouted, routesOf } from "../../../domain/access/routes.ts";
import {
  hasAddress,
  type IpNetwork,
  ipText,
  networkText,
  readIp,
  readNetwork,
  sizeOf,
} from "../../../domain/access/ip.ts";

const read = (cidr: string) => readNetwork(cidr)!;

/** Networks of both families that often lie in each other. */
const network = fc
  .record({
    bits: fc.constantFrom(32 as const, 128 as const),
    last: fc.nat(255),
    length: fc.oneof(fc.nat(8), fc.constantFrom(8, 99)),
  })
  .map(({ bits, last, length }) => {
    if (length === 99) return bits === 32 ? "0.0.0.0/0" : "::/0";
    const address = bits === 32 ? `10.0.0.${last}` : `fd00::${last.toString(16)}`;
    return networkText(read(`${address}/${bits - length}`));
  });

/** The ends of all networks and their neighbours: where something could change. */
const boundariesOf = (networks: readonly string[]): string[] =>
  networks.map(read).flatMap((one) => {
    const { base, bits } = one;
    const values = [base - 1n, base, base + sizeOf(one) - 1n, base + sizeOf(one)];
    const all = 2n ** BigInt(bits);
    return values
      .filter((value) => value >= 0n && value < all)
      .map((value) => ipText({ value, bits }));
  });

const isIn = (networks: readonly IpNetwork[], address: string): boolean => {
  const ip = readIp(address)!;
  return networks.some((one) => hasAddress(one, ip));
};

test("what goes through the tunnel is exactly what is allowed and not excluded", () =>
  fc.assert(
    fc.property(
      fc.array(network, { minLength: 1, maxLength: 5 }),
      fc.array(network, { maxLength: 6 }),
      (allowedIps, excludedIps) => {
        const routes = routesOf({ allowedIps, excludedIps });
        const networks = routes.map(read);
        const allowed = allowedIps.map(read);
        const excluded = excludedIps.map(read);
        const isWanted = (address: string) => isIn(allowed, address) && !isIn(excluded, address);
        const given = boundariesOf([...allowedIps, ...excludedIps]);
        const wrong = [...given, ...boundariesOf(routes)].filter(
          (address) => isIn(networks, address) !== isWanted(address),
        );
        expect(wrong).toEqual([]);
        expect(given.filter((address) => isRouted(routes, address) !== isWanted(address))).toEqual(
          [],
        );
      },
    ),
    { numRuns: 200 },
  ));

test("it is written in the fewest networks: none is in another, and no two are one", () =>
  fc.assert(
    fc.property(
      fc.array(network, { minLength: 1, maxLength: 5 }),
      fc.array(network, { minLength: 1, maxLength: 6 }),
      (allowedIps, excludedIps) => {
        const routes = routesOf({ allowedIps, excludedIps }).map(read);
        for (const [index, one] of routes.entries()) {
          const next = routes[index + 1];
          if (next?.bits !== one.bits) continue;
          expect(next.base >= one.base + sizeOf(one)).toBe(true);
          const isHalf = one.prefix === next.prefix && one.base % (2n * sizeOf(one)) === 0n;
          expect(isHalf && next.base === one.base + sizeOf(one)).toBe(false);
        }
      },
    ),
    { numRuns: 100 },
  ));

test("without exclusions the networks stay as they are written", () => {
  const allowedIps = ["10.8.0.0/24", "0.0.0.0/0", "::/0"];
  expect(routesOf({ allowedIps })).toBe(allowedIps);
  expect(routesOf({ allowedIps, excludedIps: [] })).toBe(allowedIps);
});

test("who excludes networks of IPv4 keeps all of IPv6 in the tunnel, and the reverse", () => {
  const allowedIps = ["0.0.0.0/0", "::/0"];
  expect(routesOf({ allowedIps, excludedIps: ["128.0.0.0/1"] })).toEqual(["0.0.0.0/1", "::/0"]);
  expect(routesOf({ allowedIps, excludedIps: ["8000::/1"] })).toEqual(["0.0.0.0/0", "::/1"]);
});
