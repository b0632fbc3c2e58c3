import * as fc from "fast-check";
import { expect, test } from "vitest";
import { enter, replay, type TimeEntry } from "../../../domain/access/time-lots.ts";
import { money } from "../../../domain/money.ts";
import type { Plan, PlanCode } from "../../../domain/payments/plan.ts";
import { previewPurchase } from "../../../domain/payments/purchase-preview.ts";
import { addMs, dayMs, instant, msBetween } from "../../../domain/time.ts";

const now = instant("2026-11-21T10:00:00Z");
const price = money(60_000, "RUB");

const planAt = (code: string, rubles: number): Plan => ({
  code: code as PlanCode,
  version: 1,
  days: 30,
  deviceLimit: 3,
  names: { en: code, ru: code },
  descriptions: { en: "", ru: "" },
  prices: { RUB: rubles },
  order: 0,
  hidden: false,
  trial: false,
});
const month = planAt("month", 30_000);
const family = planAt("family", 60_000);

const free = (days: number): TimeEntry => ({
  kind: "admin",
  cause: "act/1",
  ms: days * dayMs,
  at: now,
});
const bought = (days: number): TimeEntry => ({
  kind: "payment",
  cause: "payment/1",
  ms: days * dayMs,
  at: now,
  price: money(30_000, "RUB"),
  terms: month,
});
const daysTo = (until: string): number => msBetween(now, instant(until)) / dayMs;

test("a purchase adds its days to those that are left", () => {
  const preview = previewPurchase([bought(10)], { plan: month, price }, now);
  expect(daysTo(preview.until)).toBe(40);
  expect(preview.becomesMs).toBe(preview.boughtMs);
});

test("another plan converts the days that were bought and leaves free ones as they are", () => {
  const preview = previewPurchase([free(7), bought(10)], { plan: family, price }, now);
  expect(daysTo(preview.until)).toBe(7 + 5 + 30);
  expect([preview.boughtMs, preview.becomesMs]).toEqual([10 * dayMs, 5 * dayMs]);
});

test("a customer with only free days is not shown a conversion", () => {
  const preview = previewPurchase([free(7)], { plan: family, price }, now);
  expect(daysTo(preview.until)).toBe(37);
  expect([preview.boughtMs, preview.becomesMs]).toEqual([0, 0]);
});

test("the preview equals what the purchase books", () =>
  fc.assert(
    fc.property(fc.array(fc.nat(60)), fc.nat(90), fc.boolean(), (lots, laterDays, changes) => {
      const time = lots.map((days, place) => ({
        ...(place % 2 === 0 ? free(days) : bought(days)),
        cause: `cause/${place}`,
      }));
      const at = addMs(now, laterDays * dayMs);
      const plan = changes ? family : month;
      const { code, version, days, deviceLimit, prices } = plan;
      const terms = { code, version, days, deviceLimit, prices };
      const ms = days * dayMs;
      const booked = enter(replay(time), { kind: "payment", cause: "new", ms, price, terms, at });
      expect(previewPurchase(time, { plan, price }, at).until).toBe(booked.paidUntil);
    }),
  ));
