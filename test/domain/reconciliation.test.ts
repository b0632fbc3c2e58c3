import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { type GatewayReport, paymentStates } from "../../domain/payment.ts";
import { type KnownCharge, nextLookMs, unheard } from "../../domain/reconciliation.ts";
import { instant } from "../../domain/time.ts";

const at = instant("2026-11-21T10:00:00Z");
const reference = fc.constantFrom("c1", "c2", "c3", "c4");
const returned = fc.integer({ min: 1, max: 100 }).map((minor) => money(minor, "RUB"));
const report: fc.Arbitrary<GatewayReport> = fc.oneof(
  fc.record({
    kind: fc.constant("paid" as const),
    reference,
    paid: fc.constant(money(100, "RUB")),
    at: fc.constant(at),
  }),
  fc.record({
    kind: fc.constantFrom("refunded" as const, "chargedBack" as const),
    reference,
    returned,
  }),
  fc.record({ kind: fc.constant("progress" as const), status: fc.constant("AUTHORIZED") }),
  fc.record({
    kind: fc.constant("declined" as const),
    final: fc.boolean(),
    reason: fc.constant("no"),
  }),
);
const line = fc.record({
  report,
  state: fc.option(fc.constantFrom(...paymentStates), { nil: undefined }),
});
const known: fc.Arbitrary<KnownCharge[]> = fc.uniqueArray(
  fc.record({ reference, paid: fc.boolean(), returnedMinor: fc.nat(100) }),
  { selector: (charge) => charge.reference },
);

/** The books after they have taken in what was reported. */
function takenIn(charges: readonly KnownCharge[], reports: readonly GatewayReport[]) {
  const books = new Map(charges.map((charge) => [charge.reference, charge]));
  for (const one of reports) {
    if (!("reference" in one)) continue;
    const now = books.get(one.reference) ?? {
      reference: one.reference,
      paid: false,
      returnedMinor: 0,
    };
    const back = "returned" in one ? one.returned.minor : 0;
    books.set(one.reference, {
      ...now,
      paid: now.paid || one.kind === "paid",
      returnedMinor: Math.max(now.returnedMinor, back),
    });
  }
  return [...books.values()];
}

test("after the differences are dealt with, the same statement has none", () =>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), known, (lines, charges) => {
      const news = unheard(lines, charges);
      const later = lines.map((it) => ({ ...it, state: "settled" as const }));
      const books = takenIn(
        charges,
        news.map((it) => it.report),
      );
      expect(unheard(later, books)).toEqual([]);
    }),
  ));

test("money that the books do not know is always found, and what they know never", () =>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), known, (lines, charges) => {
      const paid = new Set(charges.filter((charge) => charge.paid).map((it) => it.reference));
      const missing = lines.flatMap(({ report: one }) =>
        one.kind === "paid" && !paid.has(one.reference) ? [one.reference] : [],
      );
      const found = unheard(lines, charges).flatMap(({ report: one }) =>
        one.kind === "paid" ? [one.reference] : [],
      );
      expect(new Set(found)).toEqual(new Set(missing));
      expect(found).toHaveLength(new Set(found).size);
    }),
  ));

test("what is on its way, and a try that failed, are no differences", () => {
  const lines = [
    { report: { kind: "progress", status: "AUTHORIZED" }, state: "open" },
    { report: { kind: "declined", final: false, reason: "3DS" }, state: "open" },
    { report: { kind: "declined", final: true, reason: "over" }, state: "lapsed" },
  ] as const;
  expect(unheard(lines, [])).toEqual([]);
});

test("an invoice is looked at ever more rarely, at least once in an eighth of its age", () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), (ageMs) => {
      expect(nextLookMs(ageMs)).toBeGreaterThanOrEqual(60_000);
      expect(nextLookMs(ageMs)).toBeLessThanOrEqual(Math.max(60_000, ageMs / 8));
    }),
  );
});
