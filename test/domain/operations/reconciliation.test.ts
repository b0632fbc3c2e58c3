import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import {
  type BookedCharge,
  eventsToDecide,
  fateOf,
  newsOf,
  nextLookupMs,
  nextTryMs,
} from "../../../domain/operations/reconciliation.ts";
import {
  type GatewayEvent,
  gatewayName,
  type GatewayReport,
  type PaymentId,
  paymentStates,
} from "../../../domain/payments/payment.ts";
import { addMs, dayMs, hourMs, instant, minuteMs } from "../../../domain/time.ts";

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
const known: fc.Arbitrary<BookedCharge[]> = fc.uniqueArray(
  fc.record({ reference, paid: fc.boolean(), returnedMinor: fc.nat(100) }),
  { selector: (charge) => charge.reference },
);

/** The books after the reports were booked. */
function bookAll(charges: readonly BookedCharge[], reports: readonly GatewayReport[]) {
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

test("after the differences are booked, the same statement has none", () =>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), known, (lines, charges) => {
      const news = newsOf(lines, charges);
      const later = lines.map((it) => ({ ...it, state: "settled" as const }));
      const books = bookAll(
        charges,
        news.map((it) => it.report),
      );
      expect(newsOf(later, books)).toEqual([]);
    }),
  ));

test("unbooked money is always found, and booked money never", () =>
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), known, (lines, charges) => {
      const paid = new Set(charges.filter((charge) => charge.paid).map((it) => it.reference));
      const missing = lines.flatMap(({ report: one }) =>
        one.kind === "paid" && !paid.has(one.reference) ? [one.reference] : [],
      );
      const found = newsOf(lines, charges).flatMap(({ report: one }) =>
        one.kind === "paid" ? [one.reference] : [],
      );
      expect(new Set(found)).toEqual(new Set(missing));
      expect(found).toHaveLength(new Set(found).size);
    }),
  ));

test("progress and a failed try are not differences", () => {
  const lines = [
    { report: { kind: "progress", status: "AUTHORIZED" }, state: "open" },
    { report: { kind: "declined", final: false, reason: "3DS" }, state: "open" },
    { report: { kind: "declined", final: true, reason: "over" }, state: "lapsed" },
  ] as const;
  expect(newsOf(lines, [])).toEqual([]);
});

test("a charge's return is known wherever it is booked", () => {
  const back = { kind: "refunded", reference: "c1", returned: money(60, "RUB") } as const;
  const charge = { reference: "c1", paid: true, returnedMinor: 0 };
  const unmatched = { reference: "c1", paid: true, returnedMinor: 60 };
  const lines = [{ report: back, state: undefined }];
  expect(newsOf(lines, [charge])).toHaveLength(1);
  expect(newsOf(lines, [charge, unmatched])).toEqual([]);
  expect(newsOf(lines, [unmatched, charge])).toEqual([]);
});

test("an open invoice is looked up in each pass whatever its age, an ended one ever more rarely", () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), fc.constantFrom(...paymentStates), (ageMs, state) => {
      const next = nextLookupMs(ageMs, state);
      const expected = state === "open" ? 0 : Math.max(minuteMs, Math.floor(ageMs / 8));
      expect(next).toBe(expected);
    }),
  );
  for (const hours of [1, 8, 20])
    expect(nextLookupMs(hours * hourMs)).toBeLessThanOrEqual(minuteMs);
});

test("quarantined items are retried after ever longer pauses, up to a limit", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("line", "lookup", "event"),
      fc.integer({ min: 1, max: 10_000 }),
      (kind, tries) => {
        const now = nextTryMs(kind, tries);
        const next = nextTryMs(kind, tries + 1);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(now).toBeGreaterThanOrEqual(minuteMs);
        expect(now).toBeLessThanOrEqual(kind === "lookup" ? 15 * minuteMs : 6 * hourMs);
      },
    ),
  );
});

const moment = fc.integer({ min: -10, max: 10 }).map((days) => addMs(at, days * dayMs));

const dated = fc.record({ report, at: moment }).map(({ report: one, at: when }) => {
  return { report: one.kind === "paid" ? { ...one, at: when } : one, at: when };
});

test("a line that names an order or a charge of ours is reported, however old and small it is", () =>
  fc.assert(
    fc.property(dated, fc.constantFrom(...paymentStates), moment, (it, state, startedAt) => {
      expect(fateOf({ ...it, state }, { isKnown: false, startedAt })).toBe("reported");
      expect(fateOf({ ...it, state: undefined }, { isKnown: true, startedAt })).toBe("reported");
    }),
  ));

test("a line that names nothing of ours is skipped exactly when it is older than this installation", () =>
  fc.assert(
    fc.property(dated, moment, (it, startedAt) => {
      const fate = fateOf({ ...it, state: undefined }, { isKnown: false, startedAt });
      expect(fate === "past").toBe(it.at < startedAt);
    }),
  ));

test.each([
  ["RUB", 199, 200],
  ["USDT", 19_999, 20_000],
  ["GRAM", 9_999_999, 10_000_000],
  ["XTR", 0, 1],
] as const)("dust in %s ends at about two cents", (currency, dust, least) => {
  const fate = (minor: number) => {
    const one = { kind: "paid", reference: "c1", paid: money(minor, currency), at } as const;
    return fateOf({ report: one, state: undefined }, { isKnown: false, startedAt: at });
  };
  expect(fate(dust)).toBe("dust");
  expect(fate(least)).toBe("reported");
});

const order = { id: "01a217c4-ab4e-71bf-b376-32bcb5545acc" as PaymentId, memo: "MEMO" };
const pushed = (minor: number): GatewayEvent => ({
  gateway: gatewayName("tbank"),
  report: { kind: "paid", reference: "13660", paid: money(minor, "RUB"), at },
  evidence: "pushed",
  source: "gateway",
});
const own = (one: GatewayReport) =>
  ({ about: { kind: "payment", id: order.id }, report: one, evidence: "asked" }) as const;
const paidLine = (minor: number, of = "13660") =>
  own({ kind: "paid", reference: of, paid: money(minor, "RUB"), at });

test("if the gateway states another amount, the gateway's own line counts", () => {
  const [event, ...more] = eventsToDecide(order, pushed(300_004_567), [paidLine(30_000)]);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ report: { paid: money(30_000, "RUB") }, evidence: "asked" });
});

test("with a payment the gateway also reports its return", () => {
  const back = own({ kind: "refunded", reference: "13660", returned: money(1_000, "RUB") });
  const events = eventsToDecide(order, pushed(29_000), [paidLine(30_000), back]);
  expect(events.map(({ report: one }) => one.kind)).toEqual(["paid", "refunded"]);
});

test("the answer contains nothing of other charges, however many there are", () => {
  const others = Array.from({ length: 1_000 }, (_, n) => paidLine(100, `other ${n}`));
  const events = eventsToDecide(order, pushed(29_000), [...others, paidLine(29_000)]);
  expect(events).toMatchObject([{ report: { reference: "13660" } }]);
});

test("if the gateway cannot say, or lists other charges only, the pushed event counts", () => {
  const event = pushed(29_000);
  const strangers = { ...paidLine(30_000), about: { kind: "nobody" } } as const;
  expect(eventsToDecide(order, event, [])).toEqual([event]);
  expect(eventsToDecide(order, event, [strangers])).toEqual([event]);
  expect(eventsToDecide(order, event, [paidLine(30_000, "13661")])).toEqual([event]);
});

test("an event that the gateway contradicts moves nothing and is kept", () => {
  for (const one of [
    own({ kind: "progress", status: "AUTHORIZED" }),
    own({ kind: "declined", final: true, reason: "CANCELED", invoiceReference: "13660" }),
  ]) {
    const events = eventsToDecide(order, pushed(29_000), [one]);
    expect(events).toMatchObject([{ report: { kind: "progress" }, evidence: "pushed" }]);
  }
});

test("what is not a payment needs no confirmation", () => {
  const event: GatewayEvent = { ...pushed(1), report: { kind: "progress", status: "NEW" } };
  expect(eventsToDecide(order, event, [paidLine(30_000)])).toEqual([event]);
});
