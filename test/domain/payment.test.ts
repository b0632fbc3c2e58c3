import * as fc from "fast-check";
import { expect, test } from "vitest";
import { customerId, subscriptionId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import {
  consequenceOf,
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
  type Settled,
} from "../../domain/payment.ts";
import { addMs, instant } from "../../domain/time.ts";

const made = instant("2026-11-21T10:00:00Z");
const order: PaymentOrder = {
  id: "p1" as PaymentId,
  customerId: customerId("01890000-0000-7000-8000-00000000000a"),
  subscriptionId: subscriptionId("01890000-0000-7000-8000-00000000000b"),
  days: 30,
  price: money(19_900, "RUB"),
  lapsesAt: addMs(made, 3_600_000),
};

const reference = fc.constantFrom("c1", "c2", "c3");
const amount = fc.oneof(
  fc.constant(order.price),
  fc.nat(40_000).map((minor) => money(minor, "RUB")),
  fc.nat(500).map((minor) => money(minor, "XTR")),
);
const report: fc.Arbitrary<GatewayReport> = fc.oneof(
  fc.record({
    kind: fc.constant("paid" as const),
    reference,
    paid: amount,
    at: fc.nat(10_000_000).map((ms) => addMs(made, ms)),
  }),
  fc.record({ kind: fc.constant("declined" as const), final: fc.boolean(), reason: fc.string() }),
  fc.record({ kind: fc.constant("refunded" as const), reference, returned: amount }),
  fc.record({ kind: fc.constant("chargedBack" as const), reference, returned: amount }),
);

/** Plays reports into the books, as the payment workflow does. */
function play(reports: readonly GatewayReport[]) {
  const settled: Settled[] = [];
  let grants = 0;
  const seen = reports.map((one) => {
    const consequence = consequenceOf(order, settled, one);
    const booked = ["grant", "credit", "giveBack"].includes(consequence.kind);
    if (booked && one.kind === "paid") {
      settled.push({ reference: one.reference, granted: consequence.kind === "grant" });
    }
    if (consequence.kind === "grant") grants += 1;
    return consequence;
  });
  return { settled, grants, seen };
}

test("however reports repeat and reorder, time is granted at most once and each charge is booked once", () =>
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
      const { settled, grants } = play(reports);
      expect(grants).toBeLessThanOrEqual(1);
      const references = settled.map(({ reference: name }) => name);
      expect(references).toEqual([...new Set(references)]);
      const charged = reports.flatMap((one) => (one.kind === "paid" ? [one.reference] : []));
      expect(references.toSorted()).toEqual([...new Set(charged)].toSorted());
    }),
  ));

test("time is granted exactly when some charge covers the price in its currency", () =>
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
      const firstOf = new Map<string, GatewayReport>();
      for (const one of reports) {
        if (one.kind === "paid" && !firstOf.has(one.reference)) firstOf.set(one.reference, one);
      }
      const covered = [...firstOf.values()].some(
        (one) =>
          one.kind === "paid" && one.paid.currency === "RUB" && one.paid.minor >= order.price.minor,
      );
      expect(play(reports).grants).toBe(covered ? 1 : 0);
    }),
  ));

test("what is paid is never lost: price, surplus, credit and money to give back add up to it", () =>
  fc.assert(
    fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
      const price = order.price.minor;
      const sums = play(reports).seen.flatMap((one): [number, number][] => {
        if (one.kind === "grant") return [[price + (one.surplus?.minor ?? 0), one.paid.minor]];
        if (one.kind !== "credit" || one.missing === undefined) return [];
        return [[one.paid.minor + one.missing.minor, price]];
      });
      for (const [parts, whole] of sums) expect(parts).toBe(whole);
    }),
  ));

test("late money is honoured, and told apart", () => {
  const at = addMs(order.lapsesAt, 1);
  const late = { kind: "paid", reference: "c1", paid: order.price, at } as const;
  expect(consequenceOf(order, [], late)).toEqual({ kind: "grant", paid: order.price, late: true });
});

test("a decline that is not final leaves the payment open; after money it says nothing", () => {
  const declined = { kind: "declined", final: false, reason: "no funds" } as const;
  expect(consequenceOf(order, [], declined).kind).toBe("listenOn");
  expect(consequenceOf(order, [], { ...declined, final: true }).kind).toBe("end");
  const settled = [{ reference: "c1", granted: true }];
  expect(consequenceOf(order, settled, { ...declined, final: true }).kind).toBe("duplicate");
});
