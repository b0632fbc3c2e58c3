import { closingActs } from "../../domain/people/admin-act.ts";
import * as fc from "fast-check";
import { accountKinds } from "../../domain/payments/ledger.ts";
import type { EventDetails, PaymentTimeline } from "../../db/queries/payments/payment-timelines.ts";
import type { PaymentSummary } from "../../db/queries/payments/payments.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { creditReasons, type Effect } from "../../domain/payments/effect.ts";
import { gatewayName, type GatewayReport, paymentStates } from "../../domain/payments/payment.ts";
import type { Plan, PlanCode } from "../../domain/payments/plan.ts";
import { anyAmount, anyGateway, anyMoment, anyName, nameOf } from "./drawn-words.ts";

const inEachLanguage = <Value>(of: fc.Arbitrary<Value>) => fc.record({ en: of, ru: of });

/** A plan with any name. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  code: fc.stringMatching(/^[a-z0-9-]{16}$/u).map((code) => code as PlanCode),
  version: fc.integer({ min: 1, max: 999_999_999 }),
  days: fc.integer({ min: 1, max: 3_660 }),
  deviceLimit: fc.integer({ min: 1, max: 100 }),
  names: inEachLanguage(nameOf(32)),
  descriptions: inEachLanguage(nameOf(200)),
  prices: fc.constant({ XTR: 1, RUB: 1, USD: 1, EUR: 1, USDT: 1, GRAM: 1 }),
  order: fc.nat(),
  hidden: fc.boolean(),
  trial: fc.constant(false),
});

/** A payment of anybody, in any state. */
export const anyPayment: fc.Arbitrary<PaymentSummary> = fc.record({
  id: fc.uuid().map((id) => id as PaymentSummary["id"]),
  customer: fc.record({
    telegramId: fc.integer({ min: 1, max: 2 ** 52 - 1 }).map(telegramId),
    name: anyName,
  }),
  item: fc.oneof(
    fc.record({ terms: anyPlan, names: inEachLanguage(nameOf(32)) }),
    fc.constant({ extra: { kind: "topUp" as const } }),
    fc.constant({ extra: { kind: "traffic" as const, bytes: 10 * 1_024 ** 3 } }),
    fc.record({ extra: fc.record({ kind: fc.constant("device" as const), until: anyMoment }) }),
  ),
  subscription: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
  price: anyAmount,
  gateway: anyGateway.map((name) => gatewayName(name)),
  state: fc.constantFrom(...paymentStates),
  openedAt: anyMoment,
  lapsesAt: anyMoment,
  closedAt: fc.option(anyMoment, { nil: undefined }),
  closedBy: fc.option(fc.constantFrom(...closingActs), { nil: undefined }),
  memo: fc.constant("ABCDEFGHJKMN"),
  invoiceReference: fc.option(anyName, { nil: undefined }),
  isRefundedByHand: fc.boolean(),
  isRefundedInParts: fc.boolean(),
});

const anyReport: fc.Arbitrary<GatewayReport> = fc.oneof(
  fc.record({ kind: fc.constant("paid"), reference: anyName, paid: anyAmount, at: anyMoment }),
  fc.record({ kind: fc.constant("progress"), status: anyName }),
  fc.record({ kind: fc.constant("declined"), final: fc.boolean(), reason: anyName }),
  fc.record({
    kind: fc.constantFrom("refunded", "chargedBack"),
    reference: anyName,
    returned: anyAmount,
  }),
);

const anyEvent: fc.Arbitrary<EventDetails> = fc.record({
  at: anyMoment,
  source: fc.constantFrom("gateway", "reconciliation"),
  report: anyReport,
  headers: fc.constant({}),
  body: anyName,
});

const anyEffect = fc.oneof(
  fc.record({
    kind: fc.constant("granted"),
    paid: anyAmount,
    late: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("credited"),
    paid: anyAmount,
    why: fc.constantFrom(...creditReasons, "topUp"),
  }),
  fc.record({ kind: fc.constant("returned"), returned: anyAmount, whole: fc.boolean() }),
  fc.record({ kind: fc.constant("returnNoted"), returned: anyAmount }),
  fc.record({ kind: fc.constant("noted"), status: anyName }),
  fc.record({ kind: fc.constantFrom("declined", "inconsistent"), reason: anyName }),
  fc.constant({ kind: "duplicate" }),
) as fc.Arbitrary<Effect>;

const many = <Value>(of: fc.Arbitrary<Value>) => fc.array(of, { maxLength: 60 });
/** A payment's timeline: up to sixty of everything. */
export const anyTimeline = fc.record({
  charges: many(
    fc.record({
      reference: anyName,
      paid: fc.option(fc.constant(money(5, "RUB")), { nil: undefined }),
      returned: fc.nat(5).map((minor) => money(minor, "RUB")),
      fee: fc.constant(undefined),
      use: fc.constantFrom("grant", "credit", "none"),
      paidAt: fc.constant(undefined),
      sender: fc.option(anyName, { nil: undefined }),
      comment: fc.option(anyName, { nil: undefined }),
    }),
  ),
  refunds: many(
    fc.record({
      requestId: fc.uuid(),
      reference: anyName,
      amount: anyAmount,
      state: fc.constantFrom("asked", "approved", "rejected", "returned", "refused"),
      why: fc.option(anyName, { nil: undefined }),
      reason: anyName,
      by: fc.option(fc.nat(), { nil: undefined }),
      askedAt: anyMoment,
      closedAt: fc.option(anyMoment, { nil: undefined }),
    }),
  ),
  events: many(anyEvent),
  decisions: many(fc.record({ at: anyMoment, effects: many(anyEffect) })),
  lots: many(
    fc.record({ at: anyMoment, days: fc.integer({ min: -30, max: 30 }), until: anyMoment }),
  ),
  ledger: many(
    fc.record({
      at: anyMoment,
      fact: anyName,
      entries: many(fc.record({ account: fc.constantFrom(...accountKinds), amount: anyAmount })),
    }),
  ),
}) as fc.Arbitrary<PaymentTimeline>;
