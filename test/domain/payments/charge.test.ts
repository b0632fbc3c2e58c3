import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { priceReturned } from "../../../domain/payments/charge.ts";
import { decide, factsAfter } from "../../../domain/payments/decision.ts";
import type { PaymentFacts } from "../../../domain/payments/payment-facts.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import { orderOf, unpaid } from "./orders.ts";

const price = 150;
const order = orderOf(price);

const after = (facts: PaymentFacts, report: GatewayReport): PaymentFacts =>
  decide(order, facts, report).reduce(factsAfter, facts);
const paid = (reference: string, minor: number): GatewayReport => {
  return { kind: "paid", reference, paid: money(minor, "RUB"), at: order.openedAt };
};
const back = (reference: string, minor: number): GatewayReport => {
  return { kind: "refunded", reference, returned: money(minor, "RUB") };
};
const balanceIn = ({ balances }: PaymentFacts): number => balances.RUB ?? 0;

/** Money by charge, counted independently: how much came, and how much was returned. */
type Tally = Map<string, { paid: number; back: number }>;

const act = fc.record({
  reference: fc.constantFrom("a", "b", "c", "d"),
  /** The amount paid, or, if it was paid already, how much more of it is returned. */
  minor: fc.integer({ min: 1, max: 200 }),
});

function reportOf(counted: Tally, { reference, minor }: { reference: string; minor: number }) {
  const known = counted.get(reference);
  if (known === undefined) {
    counted.set(reference, { paid: minor, back: 0 });
    return paid(reference, minor);
  }
  known.back = Math.min(known.paid, known.back + minor);
  return back(reference, known.back);
}

test("parts, returns and more parts in any order: money that was not returned is balance or price that time is kept for", () =>
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      const counted: Tally = new Map();
      let facts = unpaid;
      let isGranted = false;
      for (const one of acts) {
        facts = after(facts, reportOf(counted, one));
        const all = [...counted.values()];
        const kept = all.reduce((sum, charge) => sum + charge.paid - charge.back, 0);
        const gone = priceReturned(facts);
        const isNew: boolean = !isGranted && facts.charges.some(({ use }) => use === "grant");
        isGranted ||= isNew;
        // Time that has just been bought is complete, whatever was returned before.
        expect(!isGranted || isNew ? gone : 0).toBe(0);
        expect(balanceIn(facts) + (isGranted ? price - gone : 0)).toBe(kept);
        expect(isGranted && kept === 0 ? gone : price).toBe(price);
      }
    }),
    { numRuns: 2_000 },
  ));

test("the part that a refund under way takes is not price either, whether the gateway makes it or not", () => {
  const first = after(unpaid, paid("a", 100));
  const refund = { requestId: "r", reference: "a", upToMinor: 40, reservedMinor: 40 };
  const asked = { ...first, pending: [refund], balances: { RUB: 60 } };
  const bought = after(asked, paid("b", 90));
  expect([priceReturned(bought), balanceIn(bought)]).toEqual([0, 0]);
  const made = after(bought, back("a", 40));
  expect([priceReturned(made), balanceIn(made)]).toEqual([0, 0]);
  const refused = { ...bought, pending: [], balances: { RUB: 40 } };
  expect(priceReturned(refused)).toBe(0);
  const all = after(refused, back("a", 100));
  expect([priceReturned(all), balanceIn(all)]).toEqual([60, 0]);
});
