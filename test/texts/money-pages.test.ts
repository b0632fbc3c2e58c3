import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fitLines } from "../../bot/commands/fit-lines.ts";
import { paymentHistoryPage, paymentPage } from "../../bot/commands/payments/payment-pages.ts";
import { planPage, plansPage } from "../../bot/commands/payments/plan-pages.ts";
import type { BotContext } from "../../bot/context.ts";
import { currencies, money } from "../../domain/money.ts";
import { balanceGateway, gatewayName } from "../../domain/payments/payment.ts";
import { offerPlans } from "../../domain/payments/plan-offers.ts";
import type { Language } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { usualShopSettings } from "../../domain/operations/shop-settings.ts";
import { textsIn } from "../../texts/index.ts";
import { anyPayment, anyPlan, anyTimeline } from "./drawn-payments.ts";
import { anyLanguage, anyMoment, anyName } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const reader = useReader();
const contextIn = (language: Language) =>
  ({ language, texts: textsIn(language), shop: usualShopSettings, zone: "UTC" }) as BotContext;
const oneGatewayPerCurrency = currencies.map((currency) => {
  return { gateway: gatewayName("a-gateway-of-16c"), icon: "💳", currency };
});

test("the plans fit a message, whatever their owner has called them", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyPlan, { minLength: 1, maxLength: 40 }),
      anyLanguage,
      async (plans, language) => {
        const offers = offerPlans(plans, oneGatewayPerCurrency, [money(1, "XTR")]);
        const { text, buttons } = plansPage(contextIn(language), offers);
        await reader.it.expectAccepted(text, buttons);
      },
    ),
    { numRuns: 15 },
  ));

test("a plan's page fits a message, whatever plan the customer has", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        offered: anyPlan,
        had: anyPlan,
        paidUntil: anyMoment,
        pauses: fc.array(anyName, { maxLength: 20 }),
        isSure: fc.boolean(),
      }),
      anyLanguage,
      async ({ offered, had, paidUntil, pauses, isSure }, language) => {
        const [offer] = offerPlans([offered], oneGatewayPerCurrency, [money(1, "XTR")]);
        const current = {
          code: had.code,
          state: "active",
          paidUntil,
          graceUntil: paidUntil,
          plan: had,
          time: [],
        } as const;
        const now = instant("2031-02-03T04:05:06.000Z");
        const { text, buttons } = planPage(contextIn(language), offer!, {
          current,
          now,
          pauses,
          isSure,
        });
        await reader.it.expectAccepted(text, buttons);
      },
    ),
    { numRuns: 15 },
  ));

test("a payment's card fits a message, however long its timeline and whatever its texts", () =>
  fc.assert(
    fc.asyncProperty(anyPayment, anyTimeline, anyLanguage, async (payment, timeline, language) => {
      const { text, buttons } = paymentPage(contextIn(language), payment, timeline);
      await reader.it.expectAccepted(text, buttons);
    }),
    { numRuns: 40 },
  ));

test("a payment's card shows the newest of its timeline, and how much it leaves out", () =>
  fc.assert(
    fc.property(anyPayment, anyTimeline, (payment, drawn) => {
      const timeline = { ...drawn, lots: [], refunds: [] };
      const { text } = paymentPage(contextIn("en"), payment, timeline);
      const shown = text.slice(text.indexOf("<b>Timeline</b>")).split("\n").slice(1);
      const [, earlier] = /^… and (\d+) earlier/u.exec(shown.at(-1) ?? "") ?? [];
      const lines = shown.length - (earlier === undefined ? 0 : 1);
      const { events, ledger, decisions } = timeline;
      const effects = decisions.flatMap((decision) => decision.effects);
      const isClosed = payment.closedAt !== undefined;
      const all = 1 + events.length + ledger.length + effects.length + (isClosed ? 1 : 0);
      expect(lines + Number(earlier ?? 0)).toBe(all);
      const { text: history } = paymentHistoryPage(contextIn("en"), payment, timeline);
      const [head = ""] = history.split("\n\n");
      expect(history.slice(head.length + 2)).toContain(shown.slice(0, lines).join("\n"));
    }),
    { numRuns: 40 },
  ));

test("a plan is offered by each method that pays its price, and from a balance that covers it", () =>
  fc.assert(
    fc.property(anyPlan, fc.nat(2), (plan, minor) => {
      const priced = { ...plan, prices: { RUB: 1, XTR: 2 } };
      const [offer] = offerPlans([priced], oneGatewayPerCurrency, [money(minor, "XTR")]);
      const own = offer!.methods.filter(({ gateway }) => gateway === balanceGateway);
      expect(own).toHaveLength(minor >= 2 ? 1 : 0);
      expect(offer!.methods.length - own.length).toBe(2);
    }),
  ));

test("a plan without a price is not offered", () =>
  fc.assert(
    fc.property(anyPlan, (plan) => {
      expect(offerPlans([{ ...plan, prices: {} }], oneGatewayPerCurrency, [])).toEqual([]);
    }),
  ));

const lengthOf = (lines: readonly string[]) =>
  lines.reduce((sum, { length }) => sum + length + 1, 0);

test("as many lines as fit are kept, and not one more", () =>
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(200), (lines, room) => {
      const kept = fitLines(lines, room);
      expect(kept).toEqual(lines.slice(0, kept.length));
      expect(lengthOf(kept)).toBeLessThanOrEqual(room);
      const oneMore = lengthOf(lines.slice(0, kept.length + 1));
      expect(kept.length === lines.length || oneMore > room).toBe(true);
    }),
  ));
