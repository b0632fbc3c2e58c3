import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  enter,
  leftMs,
  type LotTerms,
  noTime,
  replay,
  type TimeEntry,
} from "../../../domain/access/time-lots.ts";
import { type Currency, money } from "../../../domain/money.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, dayMs, hourMs, type Instant, instant, msBetween } from "../../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");
const priceOf = { month: 30_000, family: 60_000 } as const;
type PlanName = keyof typeof priceOf;

const terms = (code: PlanName): LotTerms => ({
  code: code as string as PlanCode,
  version: 1,
  days: 30,
  deviceLimit: 3,
  prices: { RUB: priceOf[code] },
});

const bought = (plan: PlanName, cause: string, at: Instant): TimeEntry => ({
  kind: "payment",
  cause,
  ms: 30 * dayMs,
  price: money(priceOf[plan], "RUB"),
  terms: terms(plan),
  at,
});

const free = (days: number, cause: string, at: Instant): TimeEntry => ({
  kind: cause.startsWith("trial") ? "trial" : "admin",
  cause,
  ms: days * dayMs,
  at,
});

const back = (lot: string, returnedMinor: number, n: number, at: Instant): TimeEntry => ({
  kind: "refund",
  cause: `return/${lot}/${n}`,
  lot,
  returnedMinor,
  at,
});

const daysLeft = (entries: readonly TimeEntry[]): number => leftMs(replay(entries)) / dayMs;

test.each([
  ["family", "month", 3 + 60 + 90 + 30],
  ["month", "family", 3 + 15 + 90 + 30],
] as const)(
  "only bought time is converted: trial, %s, 90 days given, %s",
  (first, second, days) => {
    const entries = [
      free(3, "trial/s", start),
      bought(first, "payment/1", start),
      free(90, "admin/a", start),
      bought(second, "payment/2", start),
    ];
    expect(daysLeft(entries)).toBeCloseTo(days, 6);
  },
);

test.each([
  ["family", "month"],
  ["month", "family"],
] as const)(
  "%s, then %s, then the first goes back: what is left is what is paid for",
  (first, second) => {
    const entries = [
      bought(first, "payment/1", start),
      bought(second, "payment/2", start),
      back("payment/1", priceOf[first], 1, start),
    ];
    expect(daysLeft(entries)).toBeCloseTo(30, 6);
  },
);

test("the used part of a lot stays used, and no more than its rest is taken", () => {
  const after20 = addMs(start, 20 * dayMs);
  const entries = [bought("month", "payment/1", start), back("payment/1", 15_000, 1, after20)];
  // Half of the price is fifteen days; twenty were used: nothing is left, and nothing is owed.
  expect(daysLeft(entries)).toBe(0);
  expect(replay(entries).paidUntil).toBe(after20);
  const again = [...entries, back("payment/1", 0, 2, after20)];
  expect(daysLeft(again)).toBeCloseTo(10, 6);
});

test("an end that has passed is not made any earlier, and stays where it was", () => {
  const late = addMs(start, 40 * dayMs);
  const entries = [bought("month", "payment/1", start), back("payment/1", 30_000, 1, late)];
  expect(replay(entries).paidUntil).toBe(addMs(start, 30 * dayMs));
});

test("a clock that is set back does not use time twice", () => {
  const entries = [
    bought("month", "payment/1", start),
    free(1, "admin/a", addMs(start, 10 * dayMs)),
    free(1, "admin/b", addMs(start, 5 * dayMs)),
  ];
  expect(daysLeft(entries)).toBeCloseTo(22, 6);
});

type Act =
  | { readonly kind: "buy"; readonly plan: PlanName }
  | { readonly kind: "give"; readonly days: number }
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "return"; readonly which: number; readonly tenths: number };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("buy" as const),
      plan: fc.constantFrom<PlanName>("month", "family"),
    }),
    fc.record({ kind: fc.constant("give" as const), days: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 24 * 50 }) }),
    fc.record({
      kind: fc.constant("return" as const),
      which: fc.nat(5),
      tenths: fc.integer({ min: 0, max: 10 }),
    }),
  ),
  { maxLength: 14 },
);

/**
 * The promise in terms of money: what was paid and not returned buys time at the price of the plan
 * that applies, the oldest purse first, an hour at a time.
 */
class Purses {
  readonly #purses: { paid: number; back: number; spent: number; freeHours: number }[] = [];
  #plan: PlanName | undefined;

  buy(plan: PlanName): void {
    this.#plan = plan;
    this.#purses.push({ paid: priceOf[plan], back: 0, spent: 0, freeHours: 0 });
  }

  give(days: number): void {
    this.#purses.push({ paid: 0, back: 0, spent: 0, freeHours: days * 24 });
  }

  setBack(which: number, tenths: number): void {
    const purse = this.#purses[which];
    if (purse !== undefined) purse.back = (purse.paid * tenths) / 10;
  }

  get #hourPrice(): number {
    return priceOf[this.#plan ?? "month"] / (30 * 24);
  }

  hoursLeft(): number {
    return this.#purses
      .map(({ paid, back, spent, freeHours }) => {
        return freeHours + Math.max(0, paid - back - spent) / this.#hourPrice;
      })
      .reduce((sum, hours) => sum + hours, 0);
  }

  passHour(): void {
    let left = 1;
    for (const purse of this.#purses) {
      const free = Math.min(left, purse.freeHours);
      purse.freeHours -= free;
      left -= free;
      const has = Math.max(0, purse.paid - purse.back - purse.spent) / this.#hourPrice;
      const paid = Math.min(left, has);
      purse.spent += paid * this.#hourPrice;
      left -= paid;
    }
  }
}

test("for any order of purchases, gifts, use and returns, the rest is what the other purchases bought", () => {
  fc.assert(
    fc.property(acts, (history) => {
      const purses = new Purses();
      let account = noTime;
      let now = start;
      const lots: string[] = [];
      for (const [n, act] of history.entries()) {
        switch (act.kind) {
          case "buy":
            lots.push(`payment/${n}`);
            account = enter(account, bought(act.plan, `payment/${n}`, now));
            purses.buy(act.plan);
            break;
          case "give":
            lots.push(`admin/${n}`);
            account = enter(account, free(act.days, `admin/${n}`, now));
            purses.give(act.days);
            break;
          case "wait":
            for (let hour = 0; hour < act.hours; hour += 1) purses.passHour();
            now = addMs(now, act.hours * hourMs);
            break;
          case "return": {
            const lot = lots[act.which];
            if (lot === undefined || lot.startsWith("admin")) break;
            const entry = account.lots.find(({ cause }) => cause === lot);
            const minor = ((entry?.price?.minor ?? 0) * act.tenths) / 10;
            account = enter(account, back(lot, minor, n, now));
            purses.setBack(act.which, act.tenths);
          }
        }
      }
      const left =
        account.paidUntil === undefined ? 0 : Math.max(0, msBetween(now, account.paidUntil));
      expect(left / hourMs).toBeCloseTo(purses.hoursLeft(), 3);
    }),
    { numRuns: 500 },
  );
});

const soldIn = (code: string, prices: LotTerms["prices"]): LotTerms => ({
  ...terms("month"),
  code: code as PlanCode,
  prices,
});

const sold = (of: LotTerms, cause: string, currency: Currency): TimeEntry => ({
  kind: "payment",
  cause,
  ms: 30 * dayMs,
  price: money(of.prices[currency]!, currency),
  terms: of,
  at: start,
});

test("a price that a plan was given later does not make its time worth another plan's", () => {
  const month = soldIn("month", { XTR: 250 });
  const family = soldIn("family", { XTR: 600 });
  const monthNow = soldIn("month", { XTR: 250, RUB: 20_000 });
  const familyNow = soldIn("family", { XTR: 600, RUB: 48_000 });
  const stars = [sold(month, "payment/1", "XTR"), sold(month, "payment/2", "XTR")];
  expect(daysLeft([...stars, sold(familyNow, "payment/3", "RUB")])).toBeCloseTo(25 + 30, 6);
  const there = [sold(family, "payment/1", "XTR"), sold(monthNow, "payment/2", "RUB")];
  expect(daysLeft(there)).toBeCloseTo(72 + 30, 6);
});

test("plans without a common currency: the number of days stays, there and back", () => {
  const stars = soldIn("stars", { XTR: 250 });
  const rubles = soldIn("rubles", { RUB: 99_000 });
  const both = soldIn("both", { XTR: 500, RUB: 99_000 });
  const there = [sold(stars, "payment/1", "XTR"), sold(rubles, "payment/2", "RUB")];
  expect(daysLeft(there)).toBeCloseTo(60, 6);
  const back = [...there, sold(stars, "payment/3", "XTR")];
  expect(daysLeft(back)).toBeCloseTo(90, 6);
  expect(daysLeft([...back, sold(both, "payment/4", "XTR")])).toBeCloseTo(15 + 30 + 15 + 30, 6);
});

test("whatever plans cost and changes are paid in, a lot has its former length after changing there and back", () => {
  const price = fc.integer({ min: 1, max: 1_000_000 });
  const priced = fc.record({ XTR: price, RUB: price });
  const paidIn = fc.constantFrom<Currency>("XTR", "RUB");
  const changes = fc.array(fc.tuple(fc.nat(2), paidIn), { maxLength: 6 });
  fc.assert(
    fc.property(fc.tuple(priced, priced, priced), paidIn, changes, (prices, currency, between) => {
      const plans = prices.map((of, n) => soldIn(`plan-${n}`, of));
      const first = sold(plans[0]!, "payment/first", currency);
      const others = between.map(([plan, by], n) => sold(plans[plan]!, `payment/${n}`, by));
      const last = sold(plans[0]!, "payment/last", currency);
      const account = replay([first, ...others, last]);
      const own = account.lots.filter(({ cause }) => cause === "payment/first");
      expect(leftMs({ ...account, lots: own }) / dayMs).toBeCloseTo(30, 6);
    }),
  );
});

test("the level of a return counts, not how it was reached", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 6 }),
      (levels) => {
        const begun = [bought("month", "payment/1", start), bought("family", "payment/2", start)];
        const steps = levels.map((level, n) => back("payment/1", level, n, start));
        const last = back("payment/1", levels.at(-1) ?? 0, 99, start);
        expect(leftMs(replay([...begun, ...steps]))).toBeCloseTo(
          leftMs(replay([...begun, last])),
          3,
        );
      },
    ),
  );
});
