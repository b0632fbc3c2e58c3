import * as fc from "fast-check";
import { Telegram } from "telegraf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { customerPage } from "../../bot/commands/people/admin-pages.ts";
import { fitted } from "../../bot/commands/fitted.ts";
import { paymentButtons, paymentPage } from "../../bot/commands/payments/payment-pages.ts";
import { offersOf, planPage, plansPage } from "../../bot/commands/payments/plan-pages.ts";
import type { BotContext } from "../../bot/context.ts";
import type { EventDetails, PaymentTimeline } from "../../db/queries/payments/payment-timelines.ts";
import type { PaymentSummary } from "../../db/queries/payments/payments.ts";
import { type Language, languages, tidyName } from "../../domain/people/customer.ts";
import { customerId, telegramId } from "../../domain/ids.ts";
import { creditReasons, type Effect } from "../../domain/payments/decision.ts";
import { currencies, money } from "../../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type GatewayReport,
  paymentStates,
} from "../../domain/payments/payment.ts";
import type { Plan, PlanCode } from "../../domain/payments/plan.ts";
import { instant } from "../../domain/time.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { textsIn } from "../../texts/index.ts";
import { Person } from "../support/person.ts";

const hostile = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 130 }),
    fc.string({ unit: "binary", maxLength: 130 }),
    fc.constantFrom(
      "</b><script>",
      "&&&amp;<",
      "\u202E\u2067مرحبا",
      "<".repeat(130),
      "👩‍🚀".repeat(40),
    ),
  )
  .map((text) => tidyName(text, "—"));
const title = (most: number) => hostile.map((text) => Array.from(text).slice(0, most).join(""));
const moment = fc
  .date({ min: new Date(0), max: new Date("2099-01-01"), noInvalidDate: true })
  .map((date) => instant(date));
const amount = fc
  .tuple(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.constantFrom(...currencies))
  .map(([minor, currency]) => money(minor, currency));
const inEach = <Value>(of: fc.Arbitrary<Value>) => fc.record({ en: of, ru: of });

const plan: fc.Arbitrary<Plan> = fc.record({
  code: fc.stringMatching(/^[a-z0-9-]{16}$/u).map((code) => code as PlanCode),
  version: fc.integer({ min: 1, max: 999_999_999 }),
  days: fc.integer({ min: 1, max: 3_660 }),
  deviceLimit: fc.integer({ min: 1, max: 100 }),
  names: inEach(title(32)),
  descriptions: inEach(title(200)),
  prices: fc.constant({ XTR: 1, RUB: 1, USD: 1, EUR: 1, USDT: 1, GRAM: 1 }),
  order: fc.nat(),
  hidden: fc.boolean(),
  trial: fc.constant(false),
});

const payment: fc.Arbitrary<PaymentSummary> = fc.record({
  id: fc.uuid().map((id) => id as PaymentSummary["id"]),
  customer: fc.record({
    telegramId: fc.integer({ min: 1, max: 2 ** 52 - 1 }).map(telegramId),
    name: hostile,
  }),
  terms: plan,
  planNames: inEach(title(32)),
  price: amount,
  gateway: fc.constantFrom("stars", "tbank", "anything else").map((name) => name as GatewayName),
  state: fc.constantFrom(...paymentStates),
  openedAt: moment,
  lapsesAt: moment,
  closedAt: fc.option(moment, { nil: undefined }),
  memo: fc.constant("ABCDEFGHJKMN"),
  invoiceReference: fc.option(hostile, { nil: undefined }),
});

const report: fc.Arbitrary<GatewayReport> = fc.oneof(
  fc.record({ kind: fc.constant("paid"), reference: hostile, paid: amount, at: moment }),
  fc.record({ kind: fc.constant("progress"), status: hostile }),
  fc.record({ kind: fc.constant("declined"), final: fc.boolean(), reason: hostile }),
  fc.record({
    kind: fc.constantFrom("refunded", "chargedBack"),
    reference: hostile,
    returned: amount,
  }),
);

const event: fc.Arbitrary<EventDetails> = fc.record({
  at: moment,
  source: fc.constantFrom("gateway", "reconciliation"),
  report,
  headers: fc.constant({}),
  body: hostile,
});

const effect = fc.oneof(
  fc.record({
    kind: fc.constant("granted"),
    paid: amount,
    late: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("credited"),
    paid: amount,
    why: fc.constantFrom(...creditReasons),
  }),
  fc.record({ kind: fc.constant("returned"), returned: amount, whole: fc.boolean() }),
  fc.record({ kind: fc.constant("returnNoted"), returned: amount }),
  fc.record({ kind: fc.constant("noted"), status: hostile }),
  fc.record({ kind: fc.constantFrom("declined", "inconsistent"), reason: hostile }),
  fc.constant({ kind: "duplicate" }),
) as fc.Arbitrary<Effect>;

const many = <Value>(of: fc.Arbitrary<Value>) => fc.array(of, { maxLength: 60 });
const timeline = fc.record({
  charges: many(
    fc.record({
      reference: hostile,
      paid: fc.option(fc.constant(money(5, "RUB")), { nil: undefined }),
      returned: fc.nat(5).map((minor) => money(minor, "RUB")),
      fee: fc.constant(undefined),
      use: fc.constantFrom("grant", "credit", "none"),
      paidAt: fc.constant(undefined),
    }),
  ),
  refunds: many(
    fc.record({
      requestId: fc.uuid(),
      reference: hostile,
      amount,
      state: fc.constantFrom("asked", "approved", "rejected", "returned", "refused"),
      why: fc.option(hostile, { nil: undefined }),
      reason: hostile,
      by: fc.option(fc.nat(), { nil: undefined }),
      askedAt: moment,
      closedAt: fc.option(moment, { nil: undefined }),
    }),
  ),
  events: many(event),
  decisions: many(fc.record({ at: moment, effects: many(effect) })),
  lots: many(fc.record({ at: moment, days: fc.integer({ min: -30, max: 30 }), until: moment })),
  ledger: many(
    fc.record({
      at: moment,
      fact: hostile,
      entries: many(fc.record({ account: hostile, amount })),
    }),
  ),
}) as fc.Arbitrary<PaymentTimeline>;

const token = "123456:TEST";
const reader = telegramId(5_001);
let emulator: TelegramEmulator;
let messenger: TelegramMessenger;

beforeAll(async () => {
  emulator = await startTelegramEmulator({ port: 0, token });
  messenger = new TelegramMessenger(new Telegram(token, { apiRoot: emulator.url }));
  await new Person(emulator.url, reader).say("/start");
});
afterAll(() => emulator.close());

interface Page {
  readonly text: string;
  readonly buttons: readonly (readonly { text: string; data: string }[])[];
}

/** Telegram takes it as it is, with buttons of a length that is allowed. */
async function isTaken({ text: html, buttons: keyboard }: Page): Promise<void> {
  for (const { data } of keyboard.flat()) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  const { kind } = await messenger.send(reader, { kind: "text", html, keyboard });
  expect(kind).toBe("sent");
}

const context = (language: Language) => ({ language, texts: textsIn(language) }) as BotContext;
const anyLanguage = fc.constantFrom(...languages);
const now = instant("2031-02-03T04:05:06.000Z");
const gateways = currencies.map((currency) => {
  return { gateway: "a-gateway-of-16c" as GatewayName, currency };
});

test("the shop's pages fit a message, whatever the owner has called the plans", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(plan, { minLength: 1, maxLength: 40 }),
      plan,
      moment,
      anyLanguage,
      async (plans, had, paidUntil, language) => {
        const offers = offersOf(plans, gateways, [money(1, "XTR")]);
        await isTaken(plansPage(context(language), offers));
        const current = {
          code: had.code,
          state: "active",
          paidUntil,
          plan: had,
          time: [],
        } as const;
        await isTaken(planPage(context(language), offers[0]!, { current, now }));
      },
    ),
    { numRuns: 15 },
  ));

test("a payment's card fits a message, however long its timeline and whoever has written in it", () =>
  fc.assert(
    fc.asyncProperty(payment, timeline, anyLanguage, async (it, shown, language) => {
      await isTaken(paymentPage(context(language), it, shown));
    }),
    { numRuns: 40 },
  ));

test("the newest of a payment's timeline is shown, and how much of it is not", () =>
  fc.assert(
    fc.property(payment, timeline, (it, told) => {
      const { text } = paymentPage(context("en"), it, { ...told, lots: [], refunds: [] });
      const shown = text.slice(text.indexOf("<b>Timeline</b>")).split("\n").slice(1);
      const [, earlier] = /^… (\d+) earlier/u.exec(shown[0] ?? "") ?? [];
      const all =
        1 +
        told.events.length +
        told.ledger.length +
        told.decisions.flatMap(({ effects }) => effects).length +
        (it.closedAt === undefined ? 0 : 1);
      const lines = shown.length - (earlier === undefined ? 0 : 1);
      expect(lines + Number(earlier ?? 0)).toBe(all);
    }),
    { numRuns: 40 },
  ));

test("the customer's card and lists of payments fit a message, whoever they are of", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(payment, { minLength: 1, maxLength: 10 }),
      hostile,
      anyLanguage,
      async (payments, name, language) => {
        const customer = {
          id: customerId("01890000-0000-7000-8000-000000000000"),
          telegramId: reader,
          firstName: name,
          lastName: name,
          username: undefined,
          language,
          role: "customer",
          status: "active",
          rejectedAt: undefined,
        } as const;
        const line = { at: now, kind: "payment", detail: name, by: name } as const;
        const seen = { customer, payments: payments.slice(0, 3), balances: [money(1, "RUB")] };
        const timeline = Array.from({ length: 15 }, () => line);
        const card = { ...seen, subscription: undefined, devices: [], timeline };
        await isTaken(customerPage(context(language), card));
        await isTaken({ text: "x", buttons: paymentButtons(context(language), payments) });
      },
    ),
    { numRuns: 25 },
  ));

test("a plan is offered by each way that has its price, and from the balance where that covers it", () =>
  fc.assert(
    fc.property(plan, fc.nat(2), (one, minor) => {
      const price = { ...one, prices: { RUB: 1, XTR: 2 } };
      const [offer] = offersOf([price], gateways, [money(minor, "XTR")]);
      const own = offer!.ways.filter(({ gateway }) => gateway === balanceGateway);
      expect(own).toHaveLength(minor >= 2 ? 1 : 0);
      expect(offer!.ways.length - own.length).toBe(2);
      expect(offersOf([{ ...one, prices: {} }], gateways, [])).toEqual([]);
    }),
  ));

const lengthOf = (lines: readonly string[]) =>
  lines.reduce((sum, { length }) => sum + length + 1, 0);

test("as many lines as fit are kept, and never one more", () =>
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(200), (lines, room) => {
      const kept = fitted(lines, room);
      expect(kept).toEqual(lines.slice(0, kept.length));
      expect(lengthOf(kept)).toBeLessThanOrEqual(room);
      const oneMore = lengthOf(lines.slice(0, kept.length + 1));
      expect(kept.length === lines.length || oneMore > room).toBe(true);
    }),
  ));
