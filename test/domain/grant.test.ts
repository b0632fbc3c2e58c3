import * as fc from "fast-check";
import { expect, test } from "vitest";
import { movedDays, nothingTaken, spanAfter, takenAfter } from "../../domain/grant.ts";
import { conversionFactor, type PlanCode } from "../../domain/plan.ts";
import { addDays, addMs, dayMs, instant, msBetween, toMs } from "../../domain/time.ts";

const now = instant("2026-11-21T10:00:00Z");
const end = fc.option(
  fc.integer({ min: -400, max: 400 }).map((days) => addDays(now, days)),
  { nil: undefined },
);
const days = fc.integer({ min: 1, max: 3_660 });

test("bought time begins at the paid end, or now where that has passed", () =>
  fc.assert(
    fc.property(end, days, (paidUntil, bought) => {
      const from = paidUntil === undefined || toMs(paidUntil) < toMs(now) ? now : paidUntil;
      expect(spanAfter(paidUntil, { days: bought }, now)).toEqual({
        from,
        until: addDays(from, bought),
      });
    }),
  ));

test("time that is given and taken again leaves what was there", () =>
  fc.assert(
    fc.property(end, days, (paidUntil, bought) => {
      const { until } = spanAfter(paidUntil, { days: bought }, now);
      const { until: after } = spanAfter(until, { days: -bought }, now);
      const before = paidUntil === undefined || toMs(paidUntil) < toMs(now) ? now : paidUntil;
      expect(after).toBe(before);
    }),
  ));

test("nothing that is taken reaches back before now, or makes a past end any earlier", () =>
  fc.assert(
    fc.property(end, days, (paidUntil, taken) => {
      const { until } = spanAfter(paidUntil, { days: -taken }, now);
      const floor = Math.min(toMs(now), toMs(paidUntil ?? now));
      expect(toMs(until)).toBeGreaterThanOrEqual(floor);
      expect(toMs(until)).toBeLessThanOrEqual(Math.max(toMs(paidUntil ?? now), floor));
    }),
  ));

test("whatever the returns of a charge took and gave again, the end is where the last of them alone had put it", () =>
  fc.assert(
    fc.property(
      end,
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1 }),
      (paidUntil, levels) => {
        let [taken, until] = [nothingTaken, paidUntil];
        for (const level of levels) {
          const changedDays = taken.days - level;
          const span = spanAfter(until, { days: movedDays(taken, changedDays) }, now);
          [taken, until] = [takenAfter(taken, changedDays, span), span.until];
        }
        const last = levels.at(-1) ?? 0;
        expect(taken.days).toBe(last);
        expect(until).toBe(spanAfter(paidUntil, { days: -last }, now).until);
      },
    ),
  ));

test("thirty days that are taken in vain while five are left are given again as five", () => {
  const fifth = addDays(now, 5);
  const cut = spanAfter(fifth, { days: -30 }, now);
  const taken = takenAfter(nothingTaken, -30, cut);
  const later = addMs(now, 60_000);
  const { until } = spanAfter(cut.until, { days: movedDays(taken, 30) }, later);
  expect(until).toBe(addDays(later, 5));
});

const plan = (code: string, own: number, minor: number | undefined) => ({
  code: code as PlanCode,
  days: own,
  prices: minor === undefined ? {} : { RUB: minor },
});

test("converted time is worth what it was worth, and back again it is as long as before", () => {
  const price = fc.integer({ min: 100, max: 1_000_000 });
  fc.assert(
    fc.property(price, price, days, days, (had, wanted, hadDays, wantedDays) => {
      const [from, to] = [plan("a", hadDays, had), plan("b", wantedDays, wanted)];
      const factor = conversionFactor(from, to, "RUB");
      expect((factor * wanted) / wantedDays).toBeCloseTo(had / hadDays, 6);
      expect(factor * conversionFactor(to, from, "RUB")).toBeCloseTo(1, 6);
    }),
  );
});

test("time without a price stays as long as it is", () => {
  const priced = plan("a", 30, 100);
  expect(conversionFactor(undefined, priced, "RUB")).toBe(1);
  expect(conversionFactor(plan("b", 30, undefined), priced, "RUB")).toBe(1);
  expect(conversionFactor(priced, plan("b", 30, undefined), "RUB")).toBe(1);
  expect(conversionFactor(priced, plan("a", 60, 1_000), "RUB")).toBe(1);
});

test("another plan's time is converted from now on: ten dear days become twenty of half the price", () => {
  const factor = conversionFactor(plan("a", 30, 600), plan("b", 30, 300), "RUB");
  const { until } = spanAfter(addMs(now, 10 * dayMs), { days: 30, factor }, now);
  expect(msBetween(now, until)).toBe(50 * dayMs);
});
