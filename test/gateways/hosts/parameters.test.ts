import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AmneziaWgParameters,
  generateParameters,
  violations,
  warnings,
} from "../../../gateways/hosts/amneziawg/parameters.ts";

/** A generator of whole numbers whose seed fast-check drew. */
function seeded(seed: number) {
  let state = seed >>> 0;
  return (min: number, max: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return min + Math.floor((state / 2 ** 32) * (max - min + 1));
  };
}

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const sound = seed.map((drawn) => generateParameters(seeded(drawn)));

test("every generated set is valid, within the bounds of the Amnezia app", () =>
  fc.assert(
    fc.property(sound, (drawn) => {
      expect([...violations(drawn), ...warnings(drawn)]).toEqual([]);
      expect(drawn.jc).toBeGreaterThanOrEqual(4);
      expect(drawn.jc).toBeLessThanOrEqual(6);
      expect(Math.min(drawn.s1, drawn.s2)).toBeGreaterThanOrEqual(15);
      expect(Math.max(drawn.s1, drawn.s2)).toBeLessThanOrEqual(149);
      expect(drawn.i[0]).toMatch(/^<r 2><b 0x8180/u);
    }),
    { numRuns: 1_000 },
  ));

test("no generated data packet is as long as a handshake packet, whatever it carries", () =>
  fc.assert(
    fc.property(sound, fc.nat(96), ({ s1, s2, s3, s4 }, sixteens) => {
      const dataBytes = s4 + 32 + 16 * sixteens;
      expect([148 + s1, 92 + s2, 64 + s3]).not.toContain(dataBytes);
    }),
  ));

/** Each breaks exactly one rule of a valid set. */
const breakings: [rule: string, wrong: RegExp, broken: (set: AmneziaWgParameters) => object][] = [
  ["Jmin is at most Jmax", /Jmin .* above Jmax/u, ({ jmax }) => ({ jmin: jmax + 1 })],
  ["Jc is at least 1", /^Jc is a whole number/u, () => ({ jc: 0 })],
  ["Jmin is at least 1", /^Jmin is a whole number/u, () => ({ jmin: 0 })],
  ["junk and I packets fit the queue", /exceed 127/u, () => ({ jc: 127 })],
  ["S is whole", /^S1 is a whole number/u, ({ s1 }) => ({ s1: s1 + 0.5 })],
  ["S4 is not negative", /^S4 is a whole number/u, () => ({ s4: -1 })],
  ["S1 is not too long", /^S1 is a whole number/u, () => ({ s1: 65_536 })],
  ["opening and answer differ in size", /^S1 and S2 make/u, ({ s1 }) => ({ s2: s1 + 56 })],
  ["opening and cookie differ in size", /^S1 and S3 make/u, ({ s1 }) => ({ s3: s1 + 84 })],
  ["answer and cookie differ in size", /^S2 and S3 make/u, ({ s2 }) => ({ s3: s2 + 28 })],
  ["H1 and H2 are disjoint", /^H1 and H2 overlap/u, ({ h1 }) => ({ h2: h1 })],
  [
    "H2 touches H3 nowhere",
    /^H2 and H3 overlap/u,
    ({ h2, h3 }) => ({ h2: { ...h2, high: h3.low } }),
  ],
  [
    "H1 and H4 are disjoint",
    /^H1 and H4 overlap/u,
    ({ h1, h4 }) => ({ h1: { ...h1, high: h4.high } }),
  ],
  ["H is not 0", /^H1 .* not an ascending/u, () => ({ h1: { low: 0, high: 4 } })],
  ["H has four bytes", /^H4 .* not an ascending/u, ({ h4 }) => ({ h4: { ...h4, high: 2 ** 32 } })],
  [
    "H ascends",
    /^H1 .* not an ascending/u,
    ({ h1 }) => ({ h1: { low: h1.high + 1, high: h1.low } }),
  ],
  ["there are five I packets", /I1 to I5/u, () => ({ i: Array<string>(6).fill("<t>") })],
  ["an I packet is of known tags", /^I1 is not a row/u, () => ({ i: ["<c>"] })],
  ["an I packet has whole bytes", /^I2 is not a row/u, () => ({ i: ["<t>", "<b 0xabc>"] })],
  ["an I packet has no negative size", /^I1 is not a row/u, () => ({ i: ["<r -1>"] })],
  ["an I packet holds no line break", /^I1 is not a row/u, () => ({ i: ["<t>\nPostUp = x"] })],
  ["an I packet is not empty", /^I1 is not a row/u, () => ({ i: [""] })],
  ["an I packet fits a line", /^I1 is 1300 bytes/u, () => ({ i: ["<r 1000><rd 300>"] })],
];

test.each(breakings)("it is noticed when broken: %s", (_rule, wrong, broken) =>
  fc.assert(
    fc.property(sound, (drawn) => {
      expect(violations({ ...drawn, ...broken(drawn) })).toContainEqual(
        expect.stringMatching(wrong),
      );
    }),
  ),
);

test("Jmin may equal Jmax, and 126 junk packets fit beside one I packet", () => {
  const drawn = generateParameters(seeded(1));
  expect(violations({ ...drawn, jmin: 50, jmax: 50, jc: 126 })).toEqual([]);
});

/** Each makes a valid set lose something, while it still works. */
const losses: [what: string, warning: RegExp, lossy: (set: AmneziaWgParameters) => object][] = [
  [
    "data like an opening",
    /^S1 .* are lost; a single value for H1/u,
    ({ s4 }) => ({ s1: s4 + 28 }),
  ],
  ["data like an answer", /^S2 .* are lost; a single value for H2/u, ({ s4 }) => ({ s2: s4 + 20 })],
  ["data like a cookie", /^S3 .* are lost; a single value for H3/u, ({ s4 }) => ({ s3: s4 + 16 })],
  [
    "WireGuard's own headers",
    /^H1 has a value of WireGuard/u,
    ({ h1 }) => ({ h1: { ...h1, low: 4 } }),
  ],
  [
    "headers of 32 bits",
    /^H4 is above .* Windows/u,
    ({ h4 }) => ({ h4: { ...h4, high: 2 ** 31 } }),
  ],
];

test.each(losses)("what loses a chance only is a warning: %s", (_what, warning, lossy) =>
  fc.assert(
    fc.property(sound, (drawn) => {
      const set = { ...drawn, ...lossy(drawn) };
      expect(warnings(set)).toContainEqual(expect.stringMatching(warning));
      expect(
        violations(set).filter((message) => !/make two kinds of packets/u.test(message)),
      ).toEqual([]);
    }),
  ),
);

/**
 * Drawn like the Amnezia app draws a set of 2.0: it checks the sizes of handshakes, but not those
 * of data packets.
 */
const ofTheApp = fc
  .record({
    jc: fc.integer({ min: 4, max: 6 }),
    s1: fc.integer({ min: 15, max: 149 }),
    s2: fc.integer({ min: 15, max: 149 }),
    s3: fc.integer({ min: 0, max: 63 }),
    s4: fc.integer({ min: 0, max: 19 }),
    bounds: fc.uniqueArray(fc.integer({ min: 5, max: 2 ** 31 - 1 }), {
      minLength: 8,
      maxLength: 8,
    }),
  })
  .filter(({ s1, s2, s3 }) => new Set([148 + s1, 92 + s2, 64 + s3]).size === 3)
  .map(({ bounds, ...sizes }): AmneziaWgParameters => {
    const sorted = bounds.toSorted((a, b) => a - b);
    const range = (at: number) => ({ low: sorted[at] ?? 0, high: sorted[at + 1] ?? 0 });
    const headers = { h1: range(0), h2: range(2), h3: range(4), h4: range(6) };
    return { ...sizes, ...headers, jmin: 10, jmax: 50, i: ["<r 2><b 0x8180>"] };
  });

test("every set that the Amnezia app draws is accepted", () =>
  fc.assert(
    fc.property(ofTheApp, (drawn) => {
      expect(violations(drawn)).toEqual([]);
    }),
    { numRuns: 2_000 },
  ));

const single = ({ low }: { low: number }) => ({ low, high: low });

test("with single headers hardly any data packet is lost, so there is no warning", () =>
  fc.assert(
    fc.property(ofTheApp, fc.boolean(), (drawn, isOfOne) => {
      const { h1, h2, h3, h4 } = drawn;
      const headers = { h1: single(h1), h2: single(h2), h3: single(h3), h4: single(h4) };
      const set = { ...drawn, ...headers, ...(isOfOne ? { s3: 0, s4: 0 } : {}) };
      expect([...violations(set), ...warnings(set)]).toEqual([]);
    }),
  ));
