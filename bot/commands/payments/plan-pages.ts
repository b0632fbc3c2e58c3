import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { plansButton } from "../../../domain/messaging/buttons.ts";
import type { PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { Plan } from "../../../domain/payments/plan.ts";
import { currenciesFor, findBestValue, firstPrice } from "../../../domain/payments/price-order.ts";
import {
  previewPurchase,
  type PurchasePreview,
} from "../../../domain/payments/purchase-preview.ts";
import { dayMs, type Instant, msBetween } from "../../../domain/time.ts";
import { wholeDays } from "../../../texts/days.ts";
import { bytesIn, dayIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { buyButton, chooseBeginButton, planButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { fitLabel, longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { methodButton } from "./ordering.ts";

/** The plans on offer, each with a button that shows its price. */
export function plansPage(context: BotContext, offers: readonly PlanOffer[], number = 1): Page {
  const { texts, language, shop } = context;
  if (offers.length === 0) {
    return withBack(context, { text: texts.payments.plan.none, buttons: [] });
  }
  const order = currenciesFor(language, shop.currencies);
  const best = findBestValue(offers, order);
  const entries = offers.map((offer) => {
    const { plan } = offer;
    const isBest = plan.code === best;
    return {
      line: [
        "",
        ...(isBest ? [texts.payments.plan.bestValue] : []),
        texts.payments.plan.offer(wordsOf(context, plan)),
      ].join("\n"),
      buttons: [
        [{ text: labelOf(context, offer, isBest), data: planButton.data({ code: plan.code }) }],
      ],
    };
  });
  const list = {
    head:
      context.chosen === "new"
        ? [texts.access.subscriptions.beside, texts.payments.plan.listTitle].join("\n\n")
        : texts.payments.plan.listTitle,
    entries,
    perPage: 10,
    turnTo: (page: number) => plansButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

function labelOf({ texts, language, shop }: BotContext, offer: PlanOffer, isBest: boolean): string {
  const name = offer.plan.names[language];
  const price = firstPrice(offer, currenciesFor(language, shop.currencies));
  if (price === undefined) return truncate(name, longestLabel);
  const amount = moneyIn(language, price);
  const { button } = texts.payments.plan;
  return fitLabel(name, (short) => button(short, amount, isBest));
}

/** Whose plan page it is, and what they have pressed so far. */
interface Chooser {
  readonly current: CurrentPlan;
  readonly now: Instant;
  /** The names of those devices of theirs that the plan has no room for. */
  readonly pauses: readonly string[];
  /** They know what the change costs. */
  readonly isSure: boolean;
}

/**
 * A plan, what paying for it does to the customer's time, and a button for each payment method.
 * Where the change of plan costs days, pauses devices or limits the traffic, another press comes
 * before the methods.
 */
export function planPage(
  context: BotContext,
  { plan, methods, recurring }: PlanOffer,
  { current, now, pauses, isSure }: Chooser,
): Page {
  const { texts } = context;
  const { purchase } = texts.payments;
  const previews = methods.map((method) => {
    return { method, preview: previewPurchase(current.time, { plan, price: method.price }, now) };
  });
  const lost = Math.max(...previews.map(({ preview }) => daysLost(preview)));
  const { paidUntil } = current;
  const isRunning = paidUntil !== undefined && msBetween(now, paidUntil) > 0;
  const limitBytes = isRunning ? newLimitOf(current, plan) : undefined;
  const mustConfirm = !isSure && (lost > 0 || pauses.length > 0 || limitBytes !== undefined);
  const lines = [
    texts.payments.plan.offer(wordsOf(context, plan)),
    "",
    ...(isRunning ? [purchase.timeNow(dayIn(context, paidUntil, now))] : []),
    ...timeLines(context, { plan, previews }, { current, now }),
    ...(lost > 0 ? [purchase.timeLost(lost)] : []),
    ...(pauses.length > 0 ? [purchase.devicesPaused(plan.deviceLimit, pauses)] : []),
    ...(limitBytes === undefined
      ? []
      : [purchase.trafficLimited(bytesIn(context.language, limitBytes))]),
    "",
    ...(mustConfirm ? [] : [purchase.howToPay]),
  ];
  const sure = {
    text: purchase.changeAnyway,
    data: planButton.data({ code: plan.code, sure: "sure" }),
  };
  const buttons = mustConfirm ? [[sure]] : payButtons(context, { plan, methods, recurring });
  return withBack(context, { text: lines.join("\n").trim(), buttons }, plansButton.data({}));
}

/** The limit that the new plan puts on traffic which was bought without one. */
const newLimitOf = ({ plan: had }: CurrentPlan, plan: Plan): number | undefined =>
  had !== undefined && !had.trial && had.trafficLimitBytes === undefined
    ? plan.trafficLimitBytes
    : undefined;

/** Whole days of bought time that are less under the new plan. */
const daysLost = ({ boughtMs, becomesMs }: PurchasePreview): number =>
  Math.max(0, wholeDays(boughtMs / dayMs).whole - wholeDays(becomesMs / dayMs).whole);

function payButtons(context: BotContext, { plan, methods, recurring }: PlanOffer): Buttons {
  const { texts, language } = context;
  const mark = buttonMark();
  const once = methods.map((method) => {
    const { gateway, price } = method;
    const of = { plan: plan.code, version: plan.version, gateway, currency: price.currency, mark };
    return [methodButton(context, method, buyButton.data(of))];
  });
  const { choose, newCard } = texts.payments.renewal;
  const again = recurring.map(({ by, gateway, price }) => {
    const amount = moneyIn(language, price);
    const text = by === "stars" ? choose.stars(amount) : newCard(amount);
    const { currency } = price;
    return [{ text, data: chooseBeginButton.data({ plan: plan.code, gateway, currency }) }];
  });
  return [...once, ...again];
}

interface Previewed {
  readonly plan: Plan;
  readonly previews: readonly {
    readonly method: PlanOffer["methods"][number];
    readonly preview: PurchasePreview;
  }[];
}

/** Until when access runs after paying; one line where every method gives the same end. */
function timeLines(
  context: BotContext,
  { plan, previews }: Previewed,
  { current, now }: Pick<Chooser, "current" | "now">,
): string[] {
  const { texts, language } = context;
  const { purchase } = texts.payments;
  const byEnd = Map.groupBy(previews, ({ preview }) => preview.until);
  return [...byEnd].flatMap(([until, same]) => {
    const day = dayIn(context, until, now);
    const after =
      byEnd.size === 1
        ? purchase.timeAfter(day, msBetween(now, until) / dayMs)
        : purchase.timeAfterPaying(pricesOf(context, same), day);
    const { boughtMs, becomesMs } = same[0]?.preview ?? { boughtMs: 0, becomesMs: 0 };
    const left = boughtMs / dayMs;
    const becomes = becomesMs / dayMs;
    // The end is exact already: equal day counts would add nothing.
    const isSame = wholeDays(becomes).whole === wholeDays(left).whole;
    if (current.plan === undefined || isSame) return [after];
    const from = current.plan.names[language];
    const to = plan.names[language];
    return [purchase.timeConverted({ left, from, becomes, to }), after];
  });
}

const wordsOf = ({ language }: BotContext, plan: Plan) => ({
  name: plan.names[language],
  description: plan.descriptions[language],
  days: plan.days,
  devices: plan.deviceLimit,
  traffic: plan.trafficLimitBytes ? bytesIn(language, plan.trafficLimitBytes) : undefined,
  period: plan.limitPeriod,
});

/** Each price once, in the order of the methods. */
const pricesOf = ({ language }: BotContext, previews: Previewed["previews"]): string =>
  [...new Set(previews.map(({ method }) => moneyIn(language, method.price)))].join(" · ");
