import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { decide, factsAfter } from "../../../domain/payments/decision.ts";
import { DuplicateReserves } from "../../../domain/payments/duplicate-charges.ts";
import type { PaymentFacts } from "../../../domain/payments/payment-facts.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import { orderOf, unpaid } from "./orders.ts";

const order = orderOf(100);
const references = ["a", "b", "c", "d"];
const amount = fc.tuple(
  fc.integer({ min: 1, max: 120 }),
  fc.constantFrom("RUB" as const, "USDT" as const),
);

const report: fc.Arbitrary<GatewayReport & { readonly reference: string }> = fc.oneof(
  fc.record({
    kind: fc.constant("paid" as const),
    reference: fc.constantFrom(...references),
    paid: amount.map(([minor, currency]) => money(minor, currency)),
    at: fc.constant(order.openedAt),
  }),
  fc.record({
    kind: fc.constant("refunded" as const),
    reference: fc.constantFrom(...references),
    returned: amount.map(([minor, currency]) => money(minor, currency)),
  }),
);

test("of payments that came twice, the rest is reserved for its own charge alone", () =>
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
      const reserves = new DuplicateReserves();
      const twice = new Set<string>();
      let facts: PaymentFacts = unpaid;
      for (const one of reports) {
        for (const reference of references) {
          const others = facts.charges.filter(
            (charge) => twice.has(charge.reference) && charge.reference !== reference,
          );
          for (const currency of ["RUB", "USDT"] as const) {
            const notBack = others
              .filter(({ paid }) => paid?.currency === currency)
              .map(({ paid, returnedMinor }) => Math.max(0, paid!.minor - returnedMinor));
            const expected =
              (facts.balances[currency] ?? 0) - notBack.reduce((sum, minor) => sum + minor, 0);
            expect(reserves.beside(facts, reference).balances[currency] ?? 0).toBe(expected);
          }
        }
        const effects = decide(order, reserves.beside(facts, one.reference), one);
        facts = effects.reduce(factsAfter, facts);
        for (const effect of effects) {
          if (effect.kind === "credited" && effect.why === "paidTwice") twice.add(effect.reference);
        }
        reserves.record(one.reference, effects, facts);
      }
    }),
    { numRuns: 2_000 },
  ));
