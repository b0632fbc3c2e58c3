import * as fc from "fast-check";
import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import type { Charge } from "../../../domain/payments/charge.ts";
import type { PaymentId } from "../../../domain/payments/payment.ts";
import { planRefund, type RefundFacts } from "../../../domain/payments/refund-plan.ts";
import type { RefundCommand } from "../../../domain/payments/refund.ts";

const command = (minor?: number): RefundCommand => ({
  requestId: "request",
  paymentId: "payment" as PaymentId,
  reason: "test",
  by: telegramId(1001),
  ...(minor === undefined ? {} : { amount: money(minor, "RUB") }),
});
const partial = { capability: "partial", limits: {} } as const;

/** A charge of which some became time and the rest became balance. */
const charges = fc
  .record({ paid: fc.integer({ min: 1, max: 100_000 }), share: fc.double({ min: 0, max: 1 }) })
  .map(({ paid, share }): Charge => ({
    reference: "charge",
    paid: money(paid, "RUB"),
    returnedMinor: 0,
    priceMinor: Math.round(paid * (Number.isNaN(share) ? 0 : share)),
    returnedBeforeMinor: 0,
    use: "grant",
  }));
const factsOf = (charge: Charge, balance: number): RefundFacts => {
  return { charges: [charge], pending: [], balances: { RUB: balance } };
};

test("whatever parts are refunded, all of them are the charge, and their time is the price", () =>
  fc.assert(
    fc.property(charges, fc.infiniteStream(fc.integer({ min: 1, max: 40_000 })), (whole, parts) => {
      let charge = whole;
      let balance = whole.paid!.minor - whole.priceMinor;
      const paid = whole.paid!.minor;
      const price = whole.priceMinor;
      let taken = { minor: 0, priceMinor: 0 };
      for (const part of parts) {
        const left = paid - charge.returnedMinor;
        if (left === 0) break;
        const plan = planRefund(command(Math.min(part, left)), factsOf(charge, balance), partial);
        if (plan.kind === "refused") throw new Error(plan.why);
        balance -= plan.pending.reservedMinor;
        expect(balance).toBeGreaterThanOrEqual(0);
        taken = {
          minor: taken.minor + plan.amount.minor,
          priceMinor: taken.priceMinor + plan.priceMinor,
        };
        charge = { ...charge, returnedMinor: plan.pending.upToMinor };
      }
      expect(taken).toEqual({ minor: paid, priceMinor: price });
    }),
  ));

test("more than is left, nothing, or another currency is never refunded", () =>
  fc.assert(
    fc.property(charges, fc.integer({ min: -5, max: 5 }), (charge, more) => {
      const minor = more <= 0 ? more : charge.paid!.minor + more;
      const plan = planRefund(command(minor), factsOf(charge, 100_000), partial);
      expect(plan).toEqual({ kind: "refused", why: "tooMuch" });
      const other = { ...command(), amount: money(1, "USDT") };
      expect(planRefund(other, factsOf(charge, 100_000), partial)).toMatchObject({
        why: "tooMuch",
      });
    }),
  ));

test("what became balance and was spent does not come back", () =>
  fc.assert(
    fc.property(charges, (charge) => {
      const credit = charge.paid!.minor - charge.priceMinor;
      fc.pre(credit > 0);
      expect(planRefund(command(), factsOf(charge, credit - 1), partial)).toEqual({
        kind: "refused",
        why: "spent",
      });
      expect(planRefund(command(), factsOf(charge, credit), partial).kind).toBe("planned");
    }),
  ));

test("a charge has one refund at a time, a gateway's limits hold, and much money asks twice", () => {
  const charge: Charge = {
    reference: "charge",
    paid: money(1_000, "RUB"),
    returnedMinor: 0,
    priceMinor: 1_000,
    returnedBeforeMinor: 0,
    use: "grant",
  };
  const open = { requestId: "other", reference: "charge", upToMinor: 10, reservedMinor: 0 };
  const facts = factsOf(charge, 0);
  const why = (capability: "none" | "whole", minor?: number) =>
    planRefund(command(minor), facts, { capability, limits: {} });
  expect(planRefund(command(), { ...facts, pending: [open] }, partial)).toMatchObject({
    why: "underWay",
  });
  expect(why("none")).toMatchObject({ why: "notPossible" });
  expect(why("whole", 999)).toMatchObject({ why: "onlyWhole" });
  expect(why("whole")).toMatchObject({ kind: "planned", state: "approved" });
  const limits = { RUB: 999 };
  expect(planRefund(command(), facts, { ...partial, limits })).toMatchObject({ state: "asked" });
  expect(planRefund(command(999), facts, { ...partial, limits })).toMatchObject({
    state: "approved",
  });
});
