import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { decide, factsAfter } from "../../../domain/payments/decision.ts";
import type { Effect } from "../../../domain/payments/effect.ts";
import { eventKey } from "../../../domain/payments/event-key.ts";
import type { PaymentFacts } from "../../../domain/payments/payment-facts.ts";
import {
  asPaymentId,
  gatewayName,
  type GatewayReport,
  type PaymentOrder,
  type PaymentState,
  paymentStates,
} from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { orderOf, topUpOf, unpaid } from "./orders.ts";

const priceMinor = 30_000;
const planOrder = orderOf(priceMinor);
const topUp = topUpOf(priceMinor);
const order = planOrder;

const reference = fc.constantFrom("c1", "c2", "c3");
const at = fc.constantFrom(instant("2026-01-01T12:00:00Z"), instant("2026-01-09T00:00:00Z"));
const paid = fc.record({
  kind: fc.constant("paid" as const),
  reference,
  paid: fc.constantFrom(1, 15_000, priceMinor, 31_000).map((minor) => money(minor, "RUB")),
  at,
});
const back = fc.record({
  kind: fc.constantFrom("refunded" as const, "chargedBack" as const),
  reference,
  returned: fc
    .constantFrom(1, 7_000, 15_000, priceMinor, 31_000)
    .map((minor) => money(minor, "RUB")),
});
const quiet = fc.oneof(
  fc.record({
    kind: fc.constant("progress" as const),
    status: fc.constantFrom("NEW", "AUTHORIZED"),
  }),
  fc.record({
    kind: fc.constant("declined" as const),
    final: fc.boolean(),
    reason: fc.constant("no"),
  }),
);
const reports: fc.Arbitrary<GatewayReport[]> = fc.array(fc.oneof(paid, back, quiet), {
  maxLength: 12,
});
const rights = fc.constantFrom(...(["yes", "blocked", "noAccess"] as const));

function play(
  given: readonly GatewayReport[],
  mayGrant: PaymentFacts["mayGrant"],
  order: PaymentOrder = planOrder,
) {
  const effects: Effect[] = [];
  let facts: PaymentFacts = { ...unpaid, mayGrant };
  for (const one of given) {
    for (const effect of decide(order, facts, one)) {
      effects.push(effect);
      facts = factsAfter(facts, effect);
    }
  }
  return { effects, facts };
}

const sumOf = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0);
const ofKind = <Kind extends Effect["kind"]>(effects: readonly Effect[], kind: Kind) =>
  effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind);

test("whatever is reported, in any order: money that was not returned is price, balance, or our loss", () =>
  fc.assert(
    fc.property(reports, rights, (given, mayGrant) => {
      const { effects, facts } = play(given, mayGrant);
      const came = sumOf(facts.charges.map((charge) => charge.paid?.minor ?? 0));
      const went = sumOf(
        facts.charges.map((charge) => (charge.paid === undefined ? 0 : charge.returnedMinor)),
      );
      const price = sumOf(facts.charges.map((charge) => charge.priceMinor));
      const priceBack = sumOf(ofKind(effects, "returned").map(({ ofPrice }) => ofPrice.minor));
      const loss = sumOf(ofKind(effects, "returned").map(({ ofShop }) => ofShop.minor));
      expect(came - went).toBe(price - priceBack + (facts.balances.RUB ?? 0) - loss);
    }),
    { numRuns: 1_000 },
  ));

test("whatever is reported, one payment gives time once, for exactly its price", () =>
  fc.assert(
    fc.property(reports, rights, (given, mayGrant) => {
      const { effects, facts } = play(given, mayGrant);
      const granted = ofKind(effects, "granted");
      expect(granted.length).toBeLessThanOrEqual(mayGrant === "yes" ? 1 : 0);
      for (const { ofPrice, parts } of granted) {
        expect(ofPrice.minor + sumOf(parts.map(({ minor }) => minor))).toBe(priceMinor);
      }
      expect(sumOf(facts.charges.map((charge) => charge.priceMinor))).toBe(
        granted.length * priceMinor,
      );
    }),
    { numRuns: 1_000 },
  ));

test("only a chargeback takes a balance below zero", () =>
  fc.assert(
    fc.property(reports, rights, (given, mayGrant) => {
      const { effects, facts } = play(given, mayGrant);
      const forced = ofKind(effects, "returned").some((effect) => effect.forced);
      expect(forced || (facts.balances.RUB ?? 0) >= 0).toBe(true);
    }),
    { numRuns: 1_000 },
  ));

test("a repeated decision is a duplicate, or changes nothing", () =>
  fc.assert(
    fc.property(reports, rights, (given, mayGrant) => {
      const { effects, facts } = play(given, mayGrant);
      // More was returned than paid: a person has to look, and nothing is booked.
      fc.pre(ofKind(effects, "inconsistent").length === 0);
      for (const one of given.filter(({ kind }) => kind !== "declined")) {
        const again = decide(order, facts, one).map(({ kind }) => kind);
        for (const kind of again) expect(["duplicate", "noted", "inconsistent"]).toContain(kind);
      }
    }),
  ));

test("a payment that money has come for has no other end", () =>
  fc.assert(
    fc.property(reports, fc.constantFrom(...paymentStates), (given, state: PaymentState) => {
      const { effects, facts } = play(given, "yes");
      const hasMoney = ofKind(effects, "granted").length > 0;
      expect(!hasMoney || ["settled", "refunded"].includes(facts.state)).toBe(true);
      const after = factsAfter({ ...unpaid, state }, { kind: "noted", status: "NEW" });
      expect(after.state).toBe(state);
    }),
  ));

test("a top-up is balance, each coin once: it is settled when its amount has come, and never time", () =>
  fc.assert(
    fc.property(reports, rights, (given, mayGrant) => {
      const { effects, facts } = play(given, mayGrant, topUp);
      expect(ofKind(effects, "granted")).toEqual([]);
      const came = sumOf(facts.charges.map((charge) => charge.paid?.minor ?? 0));
      const went = sumOf(
        facts.charges.map((charge) => (charge.paid === undefined ? 0 : charge.returnedMinor)),
      );
      const loss = sumOf(ofKind(effects, "returned").map(({ ofShop }) => ofShop.minor));
      expect(came - went).toBe((facts.balances.RUB ?? 0) - loss);
      const done = ofKind(effects, "credited").filter(({ why }) => why === "topUp");
      expect(done.length).toBeLessThanOrEqual(mayGrant === "yes" ? 1 : 0);
      expect(["settled", "refunded"].includes(facts.state)).toBe(done.length === 1);
      const wasReturned = effects.some(({ kind }) => kind.startsWith("return"));
      const mustBeDone = mayGrant === "yes" && !wasReturned && came >= priceMinor;
      expect(done.length === 1 || !mustBeDone).toBe(true);
      expect(came >= priceMinor || done.length === 0).toBe(true);
      const isWhole = ofKind(effects, "returned").some(({ whole }) => whole);
      expect(facts.state !== "refunded" || isWhole).toBe(true);
    }),
    { numRuns: 1_000 },
  ));

test("what comes after a top-up was paid came twice, and what is too little says what is missing", () => {
  const pay = (reference: string, minor: number) => {
    return { kind: "paid", reference, paid: money(minor, "RUB"), at: topUp.openedAt } as const;
  };
  const { effects, facts } = play(
    [pay("c1", 10_000), pay("c2", 25_000), pay("c3", priceMinor)],
    "yes",
    topUp,
  );
  expect(effects).toMatchObject([
    { kind: "credited", why: "underpaid", missing: money(20_000, "RUB") },
    { kind: "credited", why: "topUp", paid: money(25_000, "RUB") },
    { kind: "credited", why: "paidTwice" },
  ]);
  expect(facts).toMatchObject({ state: "settled", balances: { RUB: 65_000 } });
});

test("what was paid beyond the price is told when it is settled, whatever the parts", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2 * priceMinor }), { minLength: 1 }),
      (parts) => {
        const reports = parts.map((minor, place) => {
          const paid = money(minor, "RUB");
          return { kind: "paid", reference: `part-${place}`, paid, at: order.openedAt } as const;
        });
        const { effects } = play(reports, "yes");
        const place = effects.findIndex(({ kind }) => kind === "granted");
        const [granted] = ofKind(effects, "granted");
        const came = sumOf(parts.slice(0, place + 1));
        expect(granted === undefined).toBe(sumOf(parts) < priceMinor);
        if (granted === undefined) return;
        const beyond = granted.surplus.minor + (granted.leftOver?.minor ?? 0);
        expect(beyond).toBe(came - priceMinor);
      },
    ),
  ));

test("a final decline closes an order only if it names the invoice that is shown", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(undefined, "older", "shown"),
      fc.constantFrom(undefined, "older", "shown"),
      fc.boolean(),
      (shown, named, final) => {
        const about = named === undefined ? {} : { invoiceReference: named };
        const report = { kind: "declined", final, reason: "over", ...about } as const;
        const [effect] = decide(order, { ...unpaid, invoiceReference: shown }, report);
        const closes = final && shown !== undefined && named === shown;
        expect(effect?.kind).toBe(closes ? "declined" : "noted");
      },
    ),
  ));

test("an event's key names gateway, reference, kind and amount: other money has another key, the same has the same", () =>
  fc.assert(
    fc.property(fc.oneof(paid, back), fc.oneof(paid, back), (one, other) => {
      const about = (report: typeof one) => [
        report.kind,
        report.reference,
        report.kind === "paid" ? report.paid.minor : report.returned.minor,
      ];
      const isSame = about(one).join() === about(other).join();
      expect(eventKey(order, one) === eventKey(order, other)).toBe(isSame);
      expect(eventKey({ ...order, gateway: gatewayName("ton") }, one)).not.toBe(
        eventKey(order, one),
      );
    }),
  ));

test("only a uuid can be a payment's id", () => {
  expect(asPaymentId(order.id)).toBe(order.id);
  for (const text of ["", "1", "'; drop table payments", `${order.id} `, order.id.toUpperCase()]) {
    expect(asPaymentId(text)).toBeUndefined();
  }
});
