import * as fc from "fast-check";
import { expect, test } from "vitest";
import { currencies, money } from "../../../domain/money.ts";
import { balanceGateway, gatewayName } from "../../../domain/payments/payment.ts";
import { isOfferedTo, offerPlans } from "../../../domain/payments/plan-offers.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { anyPlan } from "../../texts/drawn-payments.ts";

const currency = fc.constantFrom(...currencies);
const methods = fc.array(fc.record({ gateway: fc.constantFrom("a", "b"), currency }), {
  maxLength: 6,
});
const balances = fc.uniqueArray(
  fc.record({ currency, minor: fc.integer({ min: -1_000, max: 10_000_000 }) }),
  { selector: ({ currency: one }) => one, maxLength: 4 },
);

test("a plan is offered by each gateway in whose currency it has a price, and from a balance that covers it", () =>
  fc.assert(
    fc.property(fc.array(anyPlan), methods, balances, (plans, gateways, held) => {
      const named = gateways.map((one) => ({
        ...one,
        icon: "🧪",
        gateway: gatewayName(one.gateway),
      }));
      const offers = offerPlans(
        plans,
        named,
        held.map((one) => money(one.minor, one.currency)),
      );
      for (const plan of plans) {
        const priced = Object.entries(plan.prices) as [(typeof currencies)[number], number][];
        const expected = [
          ...held
            .filter((one) =>
              priced.some(([is, minor]) => is === one.currency && minor <= one.minor),
            )
            .map((one) => `${balanceGateway} ${one.currency}`),
          ...named
            .filter((one) => priced.some(([is]) => is === one.currency))
            .map((one) => `${one.gateway} ${one.currency}`),
        ];
        const offered = offers.find((one) => one.plan === plan)?.methods ?? [];
        expect(offered.map(({ gateway, price }) => `${gateway} ${price.currency}`)).toEqual(
          expected,
        );
        for (const { price } of offered) {
          expect(priced).toContainEqual([price.currency, price.minor]);
        }
      }
    }),
  ));

test("a plan is offered unless it is retired, the trial, or hidden from those who do not have it", () => {
  const anyNewest = fc.record({
    plan: fc
      .tuple(anyPlan, fc.boolean())
      .map(([plan, isTrial]): typeof plan => ({ ...plan, trial: isTrial })),
    isRetired: fc.boolean(),
  });
  const kinds = new Set<string>();
  fc.assert(
    fc.property(anyNewest, fc.constantFrom("same", "other", undefined), (newest, current) => {
      const { plan, isRetired } = newest;
      const currentCode = current === "same" ? plan.code : current;
      const isOffered = isOfferedTo(newest, currentCode);
      kinds.add(`${isRetired} ${plan.trial} ${plan.hidden} ${current}: ${isOffered}`);
    }),
    { numRuns: 1_000 },
  );
  expect([...kinds].filter((kind) => kind.endsWith(": true")).toSorted()).toEqual([
    "false false false other: true",
    "false false false same: true",
    "false false false undefined: true",
    "false false true same: true",
  ]);
});

const rub = (minor: number) => money(minor, "RUB");
const charge = fc.record({
  paid: fc.option(fc.nat(1_000).map(rub), { nil: undefined }),
  returned: fc.nat(1_000).map(rub),
  use: fc.constantFrom("grant", "credit", "none"),
});

test("what can be refunded is the rest of the charge that bought the time, or else of another", () =>
  fc.assert(
    fc.property(fc.array(charge, { maxLength: 5 }), (charges) => {
      const left = charges.filter((one) => one.paid && one.paid.minor > one.returned.minor);
      const expected = left.find(({ use }) => use === "grant") ?? left[0];
      const found = refundableOf(charges);
      const rest = expected && {
        charge: expected,
        left: rub(expected.paid!.minor - expected.returned.minor),
      };
      expect(found).toEqual(rest);
    }),
  ));
