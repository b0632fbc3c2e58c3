import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Location, LocationCode } from "../../../domain/access/location.ts";
import { decidePick } from "../../../domain/access/location-pick.ts";
import { locationId } from "../../../domain/ids.ts";

const all = [1, 2, 3].map((n): Location => ({
  id: locationId(`0190f5d8-7c4e-4b59-9c0c-3a1f0f6f7a1${n}`),
  code: `l${n}` as LocationCode,
  flag: "🏳️",
  names: { en: `L${n}`, ru: `Л${n}` },
  groups: [],
  order: n,
  isHidden: false,
  audience: { kind: "all" },
}));
const one = fc.constantFrom(undefined, ...all.map(({ id }) => id));
const facts = fc.record({
  pick: one,
  before: one,
  offered: fc.subarray(all),
  host: fc.option(fc.record({ location: one }), { nil: undefined }),
  moves: fc.nat(4),
  mostMoves: fc.nat(4),
});

test("a device moves only to a place that is offered and where it is not, and no more often than the shop allows", () =>
  fc.assert(
    fc.property(facts, (drawn) => {
      const { pick, host, offered, moves, mostMoves } = drawn;
      const isOffered = offered.some(({ id }) => id === pick);
      const isElsewhere = pick !== undefined && host !== undefined && host.location !== pick;
      const mayMove = isOffered && isElsewhere && moves < mostMoves;
      expect(decidePick(drawn) === "move").toBe(mayMove);
    }),
  ));

test("any moves nothing, what is not offered changes nothing, and who waits may pick as often as they like", () =>
  fc.assert(
    fc.property(facts, (drawn) => {
      const decision = decidePick(drawn);
      const isOffered = drawn.offered.some(({ id }) => id === drawn.pick);
      expect(decision === "notOffered").toBe(drawn.pick !== undefined && !isOffered);
      const waits = drawn.host === undefined && decision !== "notOffered";
      expect(decision === "waits").toBe(waits);
      const isAny = drawn.pick === undefined && !waits;
      expect(isAny && decision !== "same" && decision !== "stays").toBe(false);
    }),
  ));
