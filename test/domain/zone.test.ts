import * as fc from "fast-check";
import { expect, test } from "vitest";
import { figurePeriods, startOfPeriod } from "../../domain/operations/figures.ts";
import { planSummary } from "../../domain/operations/daily-summary.ts";
import { addMs, dayMs, hourMs, instant, msBetween } from "../../domain/time.ts";
import { addDays, dayAt, hourOf, startOfDay } from "../../domain/zone.ts";

const zones = [
  "UTC",
  "Europe/London",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/Havana",
  "+05:30",
];
const anyZone = fc.constantFrom(...zones);
const anyMoment = fc
  .date({ min: new Date("2010-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => instant(date));

test("a day begins with the first second that the zone's calendar gives to it", () =>
  fc.assert(
    fc.property(anyMoment, anyZone, (at, zone) => {
      const day = dayAt(at, zone);
      const start = startOfDay(day, zone);
      expect(start <= at).toBe(true);
      expect(dayAt(start, zone)).toBe(day);
      expect(dayAt(addMs(start, -1), zone) < day).toBe(true);
    }),
  ));

test.each([
  // Clocks are put forward at midnight there, and on that day there is no 00:30.
  ["2025-03-09", 0, "America/Havana", "2025-03-09T05:00:00.000Z"],
  ["2025-06-01", 9, "Europe/London", "2025-06-01T08:00:00.000Z"],
  ["2025-12-01", 9, "Europe/London", "2025-12-01T09:00:00.000Z"],
  ["2025-12-01", 0, "+05:30", "2025-11-30T18:30:00.000Z"],
])("the hour of %s, %i in %s is %s", (day, hour, zone, expected) => {
  expect(hourOf(day, hour, zone)).toBe(expected);
});

test("a period is today and the days before it, as the zone counts them", () =>
  fc.assert(
    fc.property(anyMoment, anyZone, (now, zone) => {
      const [today, week, month] = figurePeriods.map((one) => startOfPeriod(one, now, zone));
      expect(dayAt(today!, zone)).toBe(dayAt(now, zone));
      expect(week).toBe(startOfDay(addDays(dayAt(now, zone), -6), zone));
      expect(month).toBe(startOfDay(addDays(dayAt(now, zone), -29), zone));
      expect(addDays(addDays("2024-02-28", 2), -2)).toBe("2024-02-28");
    }),
  ));

const anySettings = fc.record({
  zone: anyZone,
  summaryHour: fc.option(fc.nat(23), { nil: undefined }),
  saleNotices: fc.constantFrom("each" as const, "digest" as const, "off" as const),
});

test("a summary is due once for each day, after its end, and the next one within two days", () =>
  fc.assert(
    fc.property(anySettings, anyMoment, (settings, now) => {
      const plan = planSummary(settings, now);
      const isWanted = settings.summaryHour !== undefined || settings.saleNotices === "digest";
      expect(plan !== undefined).toBe(isWanted);
      if (plan === undefined) return;
      expect(msBetween(now, plan.next)).toBeGreaterThan(0);
      expect(msBetween(now, plan.next)).toBeLessThanOrEqual(dayMs + hourMs);
      const yesterday = addDays(dayAt(now, settings.zone), -1);
      expect(plan.day ?? yesterday).toBe(yesterday);
      expect(plan.dayEndedAt <= now).toBe(true);
      const then = planSummary(settings, plan.next);
      expect(then?.day).toBe(addDays(dayAt(plan.next, settings.zone), -1));
      expect(then?.day === plan.day).toBe(false);
    }),
  ));
