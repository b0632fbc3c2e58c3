import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  groupsOf,
  overallOf,
  type PublicHost,
  statusOf,
} from "../../../domain/access/host-status.ts";
import type { LocationCode } from "../../../domain/access/location.ts";
import { instant } from "../../../domain/time.ts";

const host = fc
  .record({
    state: fc.constantFrom<PublicHost["state"]>("works", "maintenance", "down", "unknown"),
    second: fc.nat(59),
  })
  .map(({ state, second }): PublicHost => ({
    state,
    since: state === "down" || state === "maintenance" ? instant(second * 1_000) : undefined,
    place: undefined,
  }));

test("a group is down, or in maintenance, when all of its hosts are that are known, and in part when some are; down counts first", () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 6 }), (hosts) => {
      const { state, since } = statusOf(1, hosts);
      const states = new Set(hosts.map((one) => one.state));
      states.delete("unknown");
      const only = states.size === 1 ? [...states][0] : undefined;
      const mixed = states.has("down") ? "partly" : "partMaintenance";
      expect(state).toBe(states.size === 0 ? "unknown" : (only ?? mixed));
      const off = states.has("down") ? "down" : "maintenance";
      const first = hosts
        .flatMap((one) => (one.state === off ? (one.since ?? []) : []))
        .toSorted()[0];
      expect(since).toBe(first);
      const overall = overallOf(groupsOf(hosts));
      expect(overall === "trouble").toBe(states.has("down"));
      expect(overall === "works").toBe(!states.has("down") && !states.has("maintenance"));
      expect(overall === "allMaintenance" && hosts.length > 0).toBe(
        hosts.length > 0 && hosts.every((one) => one.state === "maintenance"),
      );
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
