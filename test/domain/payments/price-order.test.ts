import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import type { PlanOffer } from "../../../domain/payments/plan-offers.ts";
import { findBestValue } from "../../../domain/payments/price-order.ts";
import { planFor } from "../../drivers/orders.ts";

interface Sold {
  readonly days: number;
  readonly devices: number;
  /** Undefined: no limit. */
  readonly gb: number | undefined;
  readonly rub: number;
}

const gateway = gatewayName("memory");

const offersOf = (sold: readonly Sold[]): PlanOffer[] =>
  sold.map(({ days, devices, gb, rub }, place) => ({
    plan: {
      ...planFor(`plan-${place}`, { RUB: rub }, days),
      version: 1,
      deviceLimit: devices,
      ...(gb === undefined ? {} : { trafficLimitBytes: gb * 2 ** 30 }),
    },
    methods: [{ gateway, icon: "", price: money(rub, "RUB") }],
    recurring: [],
  }));

/** The place of the plan that is marked. */
function markedIn(sold: readonly Sold[]): Sold | undefined {
  const code = findBestValue(offersOf(sold), ["RUB"]);
  return code === undefined ? undefined : sold[Number(code.replace("plan-", ""))];
}

const plan = fc.record({
  days: fc.constantFrom(7, 30, 90, 365),
  devices: fc.integer({ min: 1, max: 4 }),
  gb: fc.option(fc.constantFrom(10, 100, 1_000), { nil: undefined }),
  rub: fc.integer({ min: 100, max: 50_000 }),
});
const shop = fc.array(plan, { maxLength: 6 });

const perDay = ({ rub, days }: Sold): number => rub / days;
const trafficOf = ({ gb = Infinity }: Sold): number => gb;
const isAsGood = (one: Sold, other: Sold): boolean =>
  one.devices >= other.devices && trafficOf(one) >= trafficOf(other);

test("the plan that is marked gives no fewer devices and no less traffic than those it is cheaper than", () =>
  fc.assert(
    fc.property(shop, (sold) => {
      const best = markedIn(sold);
      if (best === undefined) return;
      const beaten = sold.filter((one) => isAsGood(best, one) && perDay(best) < perDay(one));
      expect(beaten).not.toEqual([]);
    }),
    { numRuns: 500 },
  ));

test("no plan that gives as much as the marked one, or more, costs as little", () =>
  fc.assert(
    fc.property(shop, (sold) => {
      const best = markedIn(sold);
      if (best === undefined) return;
      const others = sold.filter((one) => one !== best && isAsGood(one, best));
      for (const one of others) expect(perDay(one)).toBeGreaterThan(perDay(best));
    }),
    { numRuns: 500 },
  ));

test("a plan that is clearly cheaper than all others and gives no less than any is marked", () =>
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 6 }), (sold) => {
      const cheapest = Math.min(...sold.map(perDay));
      const best = {
        days: 100,
        devices: Math.max(...sold.map(({ devices }) => devices)),
        gb: undefined,
        rub: Math.floor(cheapest * 90),
      };
      fc.pre(best.rub > 0);
      expect(markedIn([...sold, best])).toEqual(best);
    }),
  ));

test("between plans with the same limits the price per day decides, and a slight advantage does not count", () => {
  const same = { devices: 3, gb: undefined };
  const month = { ...same, days: 30, rub: 30_000 };
  expect(markedIn([month, { ...same, days: 365, rub: 299_000 }])).toMatchObject({ days: 365 });
  expect(markedIn([month, { ...same, days: 60, rub: 59_000 }])).toBeUndefined();
  expect(markedIn([month])).toBeUndefined();
});

test("what is cheap because it gives less is not marked", () => {
  const family = { days: 30, devices: 10, gb: undefined, rub: 60_000 };
  const single = { days: 30, devices: 1, gb: undefined, rub: 10_000 };
  const small = { days: 30, devices: 10, gb: 10, rub: 20_000 };
  expect(markedIn([family, single])).toBeUndefined();
  expect(markedIn([family, small])).toBeUndefined();
  expect(markedIn([family, single, { ...family, days: 365, rub: 365_000 }])).toMatchObject({
    days: 365,
    devices: 10,
  });
});
