import { isIP } from "node:net";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ipText, networkText, readIp, readNetwork } from "../../../domain/access/ip.ts";

const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
/** Not those of ::/32, which some programs write with an IPv4 address at their end. */
const groups = fc.tuple(
  fc.integer({ min: 1, max: 0xffff }),
  fc.array(group, { minLength: 7, maxLength: 7 }),
);

test("an IPv6 address has one form, that of RFC 5952, however it was written", () =>
  fc.assert(
    fc.property(groups, fc.boolean(), ([first, rest], isLong) => {
      const given = [first, ...rest].map((value) => value.toString(16));
      const written = given.map((value) => (isLong ? value.padStart(4, "0") : value)).join(":");
      // The platform's own URL parser writes an address of this kind by the same rules.
      const expected = new URL(`http://[${written}]`).hostname.slice(1, -1);
      const ip = readIp(written);
      expect(ip && ipText(ip)).toBe(expected);
      expect(readIp(expected)).toEqual(ip);
      expect(readIp(expected.toUpperCase())).toEqual(ip);
    }),
    { numRuns: 500 },
  ));

test("the end of an IPv6 address may be written as IPv4", () => {
  expect(readIp("fd00::10.0.0.1")).toEqual(readIp("fd00::a00:1"));
  expect(readIp("fd00::10.0.0.1.1")).toBeUndefined();
});

test("a text is an address where the platform says so, but for zones", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcf:.")) }),
        fc.ipV4(),
        fc.ipV6(),
        fc.ipV6().map((text) => `${text}:`),
        fc.ipV6().map((text) => text.replace(":", "::")),
      ),
      (text) => {
        expect(readIp(text)?.bits ?? 0).toBe({ 0: 0, 4: 32, 6: 128 }[isIP(text)]);
      },
    ),
    { numRuns: 2_000 },
  ));

const written = (cidr: string) => {
  const network = readNetwork(cidr);
  return network && networkText(network);
};

test("of a network the bits behind its prefix are cut off", () => {
  expect(written("10.8.3.7/22")).toBe("10.8.0.0/22");
  expect(written("fd00::1:2/112")).toBe("fd00::1:0/112");
  expect(written("0.0.0.0/0")).toBe("0.0.0.0/0");
  expect(written("10.8.0.0/33") ?? written("10.8.0.0") ?? written("fd00::/129")).toBeUndefined();
});
