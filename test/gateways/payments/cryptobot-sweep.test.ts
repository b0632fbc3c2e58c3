import * as fc from "fast-check";
import { expect, test } from "vitest";
import { afterPage, readSweep } from "../../../gateways/payments/cryptobot/sweep.ts";

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

interface Paid {
  readonly id: number;
  readonly createdMs: number;
  readonly paidMs: number;
}

/** The order of Crypto Pay's list is not documented. */
const orders = {
  newestMade: (one: Paid, other: Paid) => other.createdMs - one.createdMs,
  oldestMade: (one: Paid, other: Paid) => one.createdMs - other.createdMs,
  newestPaid: (one: Paid, other: Paid) => other.paidMs - one.paidMs,
  anyOrder: (one: Paid, other: Paid) => ((one.id * 7_919) % 101) - ((other.id * 7_919) % 101),
} as const;

/**
 * A history: invoices created at some time and paid up to 31 days later, and pages read in between.
 */
const action = fc.oneof(
  fc.record({ pays: fc.integer({ min: 1, max: 12 }), openMs: fc.nat(31 * dayMs) }),
  fc.record({ pays: fc.constant(1), openMs: fc.nat(minuteMs) }),
  fc.record({ reads: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ passMs: fc.oneof(fc.nat(60 * minuteMs), fc.nat(40 * dayMs)) }),
);
const given = fc.record({
  actions: fc.array(action, { minLength: 20, maxLength: 80 }),
  count: fc.constantFrom(2, 5, 20, 25),
  skewMs: fc.integer({ min: -9 * minuteMs, max: 9 * minuteMs }),
});

class Shop {
  nowMs = 400 * dayMs;
  readonly paid: Paid[] = [];
  readonly seen = new Set<number>();
  pages = 0;
  #cursor = "";
  readonly #order: keyof typeof orders;
  readonly #count: number;
  /** How far our clock is from theirs. */
  readonly #skewMs: number;

  constructor(order: keyof typeof orders, count: number, skewMs = 0) {
    this.#order = order;
    this.#count = count;
    this.#skewMs = skewMs;
  }

  pays(openMs: number): void {
    const id = this.paid.length + 1;
    this.paid.push({ id, createdMs: this.nowMs - openMs, paidMs: this.nowMs });
  }

  /** Reads one page as the adapter does; true where more follows. */
  reads(): boolean {
    const sweep = readSweep(this.#cursor, this.nowMs + this.#skewMs);
    const list = this.paid.toSorted(orders[this.#order]);
    const rows = list.slice(sweep.offset, sweep.offset + this.#count);
    for (const { id, paidMs } of rows) if (paidMs >= sweep.fromMs) this.seen.add(id);
    const { cursor, more } = afterPage(sweep, { rows, count: this.#count });
    this.#cursor = cursor;
    this.pages += 1;
    return more;
  }
}

test.each(Object.keys(orders) as (keyof typeof orders)[])(
  "whatever is paid while pages are read, two readings later nothing is missing: %s",
  (order) =>
    fc.assert(
      fc.property(given, ({ actions, count, skewMs }) => {
        const shop = new Shop(order, count, skewMs);
        for (const step of actions) {
          if ("pays" in step) for (let one = 0; one < step.pays; one++) shop.pays(step.openMs);
          else if ("passMs" in step) shop.nowMs += step.passMs;
          else for (let one = 0; one < step.reads; one++) shop.reads();
        }
        while (shop.reads());
        while (shop.reads());
        expect([...shop.seen].toSorted((a, b) => a - b)).toEqual(shop.paid.map(({ id }) => id));
      }),
      { numRuns: 300 },
    ),
);

test("once all is read, a list that proves to be newest first is not read to its end again", () => {
  const shop = new Shop("newestMade", 20);
  for (let payment = 0; payment < 1_000; payment++) {
    shop.pays(minuteMs);
    shop.nowMs += dayMs;
  }
  while (shop.reads());
  expect(shop.pages).toBeGreaterThan(50);
  shop.pages = 0;
  while (shop.reads());
  expect(shop.pages).toBeLessThan(10);
});

test("invoices of one moment do not prove that the list is newest first", () => {
  const shop = new Shop("oldestMade", 20);
  for (let payment = 0; payment < 20; payment++) shop.pays(31 * dayMs);
  shop.pays(0);
  while (shop.reads());
  for (let payment = 0; payment < 3; payment++) {
    shop.nowMs += 11 * minuteMs;
    shop.pays(0);
    while (shop.reads());
  }
  expect(shop.seen.size).toBe(shop.paid.length);
});

test("a pass that finds nothing new leaves the cursor unchanged", () => {
  const rows = [{ createdMs: 400 * dayMs, paidMs: 400 * dayMs }];
  const page = { rows, count: 10 };
  const { cursor } = afterPage(readSweep("", 500 * dayMs), page);
  expect(afterPage(readSweep(cursor, 501 * dayMs), page)).toEqual({ cursor, more: false });
});
