import * as fc from "fast-check";
import { expect, test } from "vitest";
import { groupsOf, type PublicHost, statusOf } from "../../../domain/access/host-status.ts";
import type { LocationCode } from "../../../domain/access/location.ts";
import { instant } from "../../../domain/time.ts";

const host = fc
  .record({
    state: fc.constantFrom("works" as const, "down" as const, "unknown" as const),
    second: fc.nat(59),
  })
  .map(({ state, second }): PublicHost => ({
    state,
    since: state === "down" ? instant(second * 1_000) : undefined,
    place: undefined,
  }));

test("a group is down when all of its hosts are that are known, and partly when some are", () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 6 }), (hosts) => {
      const { state, since } = statusOf(1, hosts);
      const states = new Set(hosts.map((one) => one.state));
      const isDown = states.has("down");
      const isWell = states.has("works");
      const expected = isDown ? (isWell ? "partly" : "down") : isWell ? "works" : "unknown";
      expect(state).toBe(expected);
      const first = hosts.flatMap((one) => one.since ?? []).toSorted()[0];
      expect(since).toBe(first);
    }),
  );
});

const placeIn = (code: string): PublicHost["place"] => ({
  code: code as LocationCode,
  flag: "🏳️",
  names: { en: code, ru: code },
});

test("hosts of one location are one group, and each host without one is a group of its own", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(host, fc.constantFrom("a", "b", undefined)), { maxLength: 8 }),
      (drawn) => {
        const hosts = drawn.map(([one, code]) => ({ ...one, place: code && placeIn(code) }));
        const groups = groupsOf(hosts);
        const codes = [...new Set(hosts.flatMap(({ place }) => place?.code ?? []))];
        expect(groups.flatMap(({ place }) => place?.code ?? [])).toEqual(codes);
        const alone = hosts.filter(({ place }) => place === undefined);
        const numbers = groups.filter(({ place }) => place === undefined).map((one) => one.number);
        expect(numbers).toEqual(alone.map((_, index) => index + 1));
      },
    ),
  );
});
