import * as fc from "fast-check";
import { expect, test } from "vitest";
import { paymentIdOf, recurringPaymentId, renewalPaymentId } from "../../../domain/derived-ids.ts";
import { subscriptionId, telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import {
  gatewayName,
  type PaymentId,
  type PaymentState,
  paymentStates,
} from "../../../domain/payments/payment.ts";
import { fitsStars } from "../../../domain/payments/plan-offers.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import {
  nextTryAt,
  renewalAt,
  type RenewalFacts,
  isRenewedLate,
  renewalMoments,
  triesOf,
} from "../../../domain/payments/renewal.ts";
import { addMs, dayMs, hourMs, instant, minuteMs, toMs } from "../../../domain/time.ts";
import { planFor } from "../../drivers/orders.ts";

const paidUntil = instant("2026-06-30T12:00:00.000Z");
const month = { ...planFor("month", { RUB: 30_000 }), version: 4 };

const facts = (changed: Partial<RenewalFacts> = {}): RenewalFacts => ({
  renewal: {
    kind: "balance",
    plan: "month" as PlanCode,
    price: money(30_000, "RUB"),
    deviceLimit: month.deviceLimit,
  },
  paidUntil,
  hasPlan: "month",
  newest: { plan: month, isRetired: false },
  balances: { RUB: 30_000 },
  tries: new Map(),
  ...changed,
});

const before = (ms: number) => addMs(paidUntil, -ms);
const due = (changed: Partial<RenewalFacts>) => renewalAt(facts(changed), before(hourMs * 12)).step;

const drawn = fc.record({
  kind: fc.constantFrom("balance" as const, "card" as const),
  days: fc.double({ min: 0.01, max: 400, noNaN: true }),
  aheadMs: fc.integer({ min: -2 * dayMs, max: 10 * dayMs }),
  balance: fc.integer({ min: 0, max: 60_000 }),
  tries: fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(...paymentStates)),
    { selector: ([number]) => number },
  ),
});

/** How many hours before the end each try is made. */
const leads = (kind: "balance" | "card", days: number) =>
  renewalMoments(kind, { paidUntil, days }).map((at) => (toMs(paidUntil) - toMs(at)) / hourMs);

test("a plan is renewed as many days before its end as the consent says, or is said to be late", () => {
  fc.assert(
    fc.property(drawn, ({ kind, days }) => {
      const said = kind === "card" ? 72 : 24;
      const [first] = leads(kind, days);
      expect(isRenewedLate(kind, days)).toBe(Math.abs(first! - said) > 0.001);
    }),
  );
  expect(isRenewedLate("card", 7)).toBe(true);
  expect(isRenewedLate("card", 30)).toBe(false);
});

interface Drawn {
  readonly kind: "balance" | "card";
  readonly days: number;
  readonly balance: number;
  readonly tries: readonly (readonly [number, PaymentState])[];
}

const factsOf = ({ kind, days, balance, tries }: Drawn) =>
  facts({
    renewal: { ...facts().renewal, kind },
    newest: { plan: { ...month, days }, isRetired: false },
    balances: { RUB: balance },
    tries: new Map(tries),
  });

test("a period is charged once: nothing is due beside money that has bought it, may buy it, or was refunded", () => {
  fc.assert(
    fc.property(drawn, ({ aheadMs, ...of }) => {
      const { step } = renewalAt(factsOf(of), before(aheadMs));
      const made = step?.kind === "charge" ? of.tries : [];
      const states = made.map(([, state]) => state);
      for (const state of ["open", "settled", "refunded"]) expect(states).not.toContain(state);
      const number = step?.kind === "charge" ? step.try : 0;
      expect(of.tries.map(([other]) => other)).not.toContain(number);
    }),
  );
});

test("a charge is never above the price that was agreed to, nor above the balance", () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 60_000 }), ({ aheadMs, ...of }, minor) => {
      const plan = { ...month, prices: { RUB: minor } };
      const now = { ...factsOf(of), newest: { plan, isRetired: false } };
      const { step } = renewalAt(now, before(aheadMs));
      const charged = step?.kind === "charge" ? step.price.minor : 0;
      expect(charged).toBeLessThanOrEqual(of.kind === "balance" ? of.balance : 30_000);
      expect(charged).toBeLessThanOrEqual(30_000);
      const isAsked = step?.kind === "ask" && step.why === "price";
      expect(isAsked).toBe(minor > 30_000 && step !== undefined);
    }),
  );
});

test("following `next` reaches every try once, in order, and none before its moment", () => {
  fc.assert(
    fc.property(drawn, ({ kind, days }) => {
      const tries = new Map<number, PaymentState>();
      let now = before(30 * dayMs);
      for (let rounds = 0; rounds < 10; rounds += 1) {
        const { step, next } = renewalAt(
          { ...factsOf({ kind, days, balance: 30_000, tries: [] }), tries },
          now,
        );
        if (step?.kind === "charge") tries.set(step.try, "declined");
        else if (next === undefined) break;
        else now = next;
      }
      expect([...tries.keys()]).toEqual(Array.from({ length: triesOf(kind) }, (_, n) => n + 1));
    }),
  );
});

test("the tries of a card are three days, two and one before the end; those of the balance a day and two hours", () => {
  expect(leads("card", 30)).toEqual([72, 48, 24]);
  expect(leads("balance", 30)).toEqual([24, 2]);
  // At most a quarter of a short plan is unused when it is renewed.
  expect(leads("card", 4)).toEqual([24, 16, 8]);
  expect(leads("balance", 1)).toEqual([6, 0.5]);
});

test("who has another plan, or a plan that is not sold any more, is asked", () => {
  expect(due({})).toMatchObject({ kind: "charge", try: 1, planVersion: 4 });
  expect(due({ hasPlan: "family" })).toMatchObject({ kind: "ask", why: "plan" });
  expect(due({ newest: undefined })).toMatchObject({ kind: "ask", why: "gone" });
  expect(due({ newest: { plan: month, isRetired: true } })).toMatchObject({ why: "gone" });
  expect(due({ newest: { plan: { ...month, prices: { EUR: 1 } }, isRetired: false } })).toEqual({
    kind: "ask",
    why: "gone",
    price: undefined,
  });
  expect(due({ balances: {} })).toMatchObject({ kind: "short", try: 1 });
});

test("a plan that is for fewer devices than was agreed is not charged for; one for more is", () =>
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), (agreed, deviceLimit) => {
      const renewal = { ...facts().renewal, deviceLimit: agreed };
      const step = due({ renewal, newest: { plan: { ...month, deviceLimit }, isRetired: false } });
      expect(step).toMatchObject(
        deviceLimit < agreed ? { kind: "ask", why: "devices" } : { kind: "charge" },
      );
    }),
  ));

test("a charge that failed says when it is tried again, and the last one that it is not", () => {
  const order = { gateway: gatewayName("tbank"), terms: month, recurs: "renews" } as const;
  expect(nextTryAt(order, paidUntil, before(71 * hourMs))).toBe(before(48 * hourMs));
  expect(nextTryAt(order, paidUntil, before(23 * hourMs))).toBeUndefined();
  const { recurs: _recurs, ...once } = order;
  expect(nextTryAt(once, paidUntil, before(71 * hourMs))).toBeUndefined();
});

test("ids of renewals: one per subscription, period and try; one per order and charge", () => {
  const of = subscriptionId("01890000-0000-7000-8000-00000000000b");
  const other = subscriptionId("01890000-0000-7000-8000-00000000000c");
  const ids = [
    renewalPaymentId(of, { paidUntil, try: 1 }),
    renewalPaymentId(of, { paidUntil, try: 2 }),
    renewalPaymentId(of, { paidUntil: addMs(paidUntil, minuteMs), try: 1 }),
    renewalPaymentId(other, { paidUntil, try: 1 }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(renewalPaymentId(of, { paidUntil, try: 1 })).toBe(ids[0]);
  const order = ids[0] as PaymentId;
  expect(recurringPaymentId(order, "a")).toBe(recurringPaymentId(order, "a"));
  expect(recurringPaymentId(order, "a")).not.toBe(recurringPaymentId(order, "b"));
  const purchase = {
    telegramId: telegramId(1),
    plan: "month" as PlanCode,
    planVersion: 1,
    gateway: gatewayName("stars"),
    currency: "XTR",
  } as const;
  expect(paymentIdOf(telegramId(1), "p", purchase)).not.toBe(
    paymentIdOf(telegramId(1), "p", { ...purchase, recurs: "begins" }),
  );
});

test("Telegram sells a subscription of thirty days for at most 10,000 Stars", () => {
  expect(fitsStars({ days: 30 }, money(10_000, "XTR"))).toBe(true);
  expect(fitsStars({ days: 30 }, money(10_001, "XTR"))).toBe(false);
  expect(fitsStars({ days: 31 }, money(1, "XTR"))).toBe(false);
  expect(fitsStars({ days: 30 }, money(1, "RUB"))).toBe(false);
});
