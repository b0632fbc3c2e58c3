import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Allowance,
  allowanceAfter,
  allowanceAt,
  isUsedUp,
  leftOf,
} from "../../../domain/access/allowance.ts";
import {
  firstEnd,
  limitPeriods,
  nextEnd,
  packsEnds,
  type ShopClock,
} from "../../../domain/access/limit-period.ts";
import { addMs, dayMs, hourMs, type Instant, instant, toMs } from "../../../domain/time.ts";
import { dayAt } from "../../../domain/zone.ts";

const zones = ["UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Pacific/Chatham"];
const zone = fc.constantFrom(...zones);
const moment = fc
  .integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2033, 0, 1) })
  .map((ms) => instant(ms));
const bytes = fc.nat(1_000);

const periodic = fc.record({
  limit: fc.integer({ min: 1, max: 1_000 }),
  packs: bytes,
  base: bytes,
  kind: fc.constantFrom(...limitPeriods),
  packsEnd: fc.constantFrom(...packsEnds),
  now: moment,
  zone,
});

type Periodic = typeof periodic extends fc.Arbitrary<infer Value> ? Value : never;

const begun = ({ limit, packs, base, kind, packsEnd, ...clock }: Periodic): Allowance => ({
  limitBytes: limit + packs,
  baseBytes: base,
  packBytes: packs,
  period: { kind, limitBytes: limit, endsAt: firstEnd(kind, clock), packsEnd },
});

const monthOf = (at: Instant, of: string) => dayAt(at, of).slice(0, 7);

test("a calendar period ends with the first moment of the next month in the shop's zone", () =>
  fc.assert(
    fc.property(moment, zone, (now, of) => {
      const end = firstEnd("calendar", { now, zone: of });
      expect(toMs(end)).toBeGreaterThan(toMs(now));
      expect(dayAt(end, of)).toMatch(/-01$/u);
      expect(monthOf(addMs(end, -1_000), of)).toBe(monthOf(now, of));
      expect(nextEnd("calendar", now, { now, zone: of })).toBe(end);
    }),
  ));

test.each([
  ["2026-01-31T22:30:00Z", "Europe/Berlin", "2026-01-31T23:00:00Z"],
  ["2026-01-31T23:00:00Z", "Europe/Berlin", "2026-02-28T23:00:00Z"],
  ["2028-02-29T12:00:00Z", "UTC", "2028-03-01T00:00:00Z"],
  ["2027-02-28T12:00:00Z", "UTC", "2027-03-01T00:00:00Z"],
  // Clocks are put forward on 29 March 2026, and back on 25 October.
  ["2026-03-15T00:00:00Z", "Europe/Berlin", "2026-03-31T22:00:00Z"],
  ["2026-10-15T00:00:00Z", "Europe/Berlin", "2026-10-31T23:00:00Z"],
  ["2026-12-31T20:59:59Z", "Europe/Moscow", "2026-12-31T21:00:00Z"],
])("the month of %s in %s ends at %s", (now, of, end) => {
  expect(firstEnd("calendar", { now: instant(now), zone: of })).toBe(instant(end));
});

test("a month from the purchase has 30 days, also where clocks are changed or a month is short", () =>
  fc.assert(
    fc.property(moment, zone, fc.nat(400), (now, of, days) => {
      const end = firstEnd("month", { now, zone: of });
      expect(toMs(end) - toMs(now)).toBe(30 * dayMs);
      const later = addMs(now, days * dayMs + hourMs);
      const next = nextEnd("month", end, { now: later, zone: of });
      expect((toMs(next) - toMs(now)) % (30 * dayMs)).toBe(0);
      expect(toMs(next)).toBeGreaterThan(toMs(later));
    }),
  ));

/** Rolls over at the end of each period until `at`, as a process does that is never late. */
function atEachEnd(allowance: Allowance, total: number, at: ShopClock): Allowance {
  let now = allowance;
  while (now.period !== undefined && toMs(now.period.endsAt) <= toMs(at.now)) {
    now = allowanceAt(now, total, { ...at, now: now.period.endsAt });
  }
  return now;
}

test("rolling over any number of periods late equals rolling over at each end", () =>
  fc.assert(
    fc.property(periodic, bytes, fc.nat(500), (given, used, days) => {
      const before = begun(given);
      const total = given.base + used;
      const at = { now: addMs(given.now, days * dayMs), zone: given.zone };
      const late = allowanceAt(before, total, at);
      expect(late).toEqual(atEachEnd(before, total, at));
      expect(allowanceAt(late, total, at)).toEqual(late);
    }),
  ));

const step = fc.record({ days: fc.nat(40), bytes: fc.nat(600) });

test("no byte is counted in two periods, and the plan's limit is used before the packs", () =>
  fc.assert(
    fc.property(periodic, fc.array(step, { maxLength: 12 }), (given, steps) => {
      let allowance = begun(given);
      let now = given.now;
      let total = given.base;
      let ofPlan = given.limit;
      let ofPacks = given.packs;
      for (const { days, bytes: moved } of steps) {
        now = addMs(now, days * dayMs);
        const next = allowanceAt(allowance, total, { now, zone: given.zone });
        if (next !== allowance) {
          ofPlan = given.limit;
          if (given.packsEnd === "period") ofPacks = 0;
        }
        allowance = next;
        total += moved;
        const fromPlan = Math.min(ofPlan, moved);
        ofPlan -= fromPlan;
        ofPacks -= Math.min(ofPacks, moved - fromPlan);
        expect(leftOf(allowance, total)).toEqual({ planBytes: ofPlan, packBytes: ofPacks });
        expect(isUsedUp(allowance, total)).toBe(ofPlan + ofPacks === 0);
      }
    }),
  ));

test("time that is added while traffic is left leaves the period as it is", () =>
  fc.assert(
    fc.property(periodic, bytes, fc.boolean(), (given, used, hasTime) => {
      const before = begun(given);
      const total = given.base + used;
      const terms = { trafficLimitBytes: given.limit, limitPeriod: given.kind };
      const { packsEnd } = given;
      const clock = { now: addMs(given.now, hourMs), zone: given.zone, hasTime };
      const had = allowanceAt(before, total, clock);
      const after = allowanceAfter(before, { ...terms, packsEnd }, total, clock);
      const { packBytes } = leftOf(had, total);
      const anew = {
        limitBytes: given.limit + packBytes,
        baseBytes: total,
        packBytes,
        period: {
          kind: given.kind,
          limitBytes: given.limit,
          endsAt: firstEnd(given.kind, clock),
          packsEnd,
        },
      };
      expect(after).toEqual(hasTime && !isUsedUp(had, total) ? had : anew);
    }),
  ));

test("what a plan without a period had left is added to the first period alone", () => {
  const now = instant("2026-11-10T00:00:00Z");
  const at = { now, zone: "UTC", hasTime: true };
  const before = { limitBytes: 70, baseBytes: 0, packBytes: 20, period: undefined };
  const after = allowanceAfter(before, { trafficLimitBytes: 100, limitPeriod: "calendar" }, 10, at);
  expect(after).toMatchObject({ limitBytes: 160, baseBytes: 10, packBytes: 20 });
  const december = { ...at, now: instant("2026-12-01T00:00:00Z") };
  expect(allowanceAt(after, 10, december).limitBytes).toBe(120);
});
