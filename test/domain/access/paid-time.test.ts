import { expect, test } from "vitest";
import { hasPaidTime, type TimeEntry } from "../../../domain/access/time-lots.ts";
import { money } from "../../../domain/money.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, dayMs, hourMs, type Instant, instant } from "../../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");
const priceMinor = 30_000;

const free = (days: number): TimeEntry => {
  return { kind: "trial", cause: `trial/${days}`, ms: days * dayMs, at: start };
};

const bought = (at: Instant): TimeEntry => ({
  kind: "payment",
  cause: "payment/1",
  ms: 30 * dayMs,
  price: money(priceMinor, "RUB"),
  terms: {
    code: "month" as string as PlanCode,
    version: 1,
    days: 30,
    deviceLimit: 3,
    prices: { RUB: priceMinor },
  },
  at,
});

const isPaidAfter = (entries: readonly TimeEntry[], days: number): boolean =>
  hasPaidTime(entries, addMs(start, days * dayMs));

test("paid time counts to its last day, also where it waits behind free time", () => {
  const behind = [free(3), bought(addMs(start, hourMs))];
  for (const days of [1, 20, 32]) expect(isPaidAfter(behind, days)).toBe(true);
  expect(isPaidAfter(behind, 33)).toBe(false);
});

test("free time does not count, neither alone nor behind paid time that is over", () => {
  expect(isPaidAfter([], 0)).toBe(false);
  expect(isPaidAfter([free(3)], 0)).toBe(false);
  const before = [bought(start), free(10)];
  expect(isPaidAfter(before, 29)).toBe(true);
  expect(isPaidAfter(before, 31)).toBe(false);
});

test("what was returned is not paid any more", () => {
  const returned: TimeEntry = {
    kind: "refund",
    cause: "return/1/1",
    lot: "payment/1",
    returnedMinor: priceMinor,
    at: addMs(start, dayMs),
  };
  expect(isPaidAfter([bought(start), free(10), returned], 1)).toBe(false);
});
