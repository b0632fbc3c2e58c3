import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { plansButton } from "../../../domain/messaging/buttons.ts";
import type { PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { Plan } from "../../../domain/payments/plan.ts";
import { previewPurchase } from "../../../domain/payments/purchase-preview.ts";
import { dayMs, type Instant, msBetween } from "../../../domain/time.ts";
import { wholeDays } from "../../../texts/days.ts";
import { bytesIn, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { buyButton, planButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { type Page, pageOf, withBack } from "../paging.ts";

/** The plans on offer, each with its prices and a button. */
export function plansPage(context: BotContext, offers: readonly PlanOffer[], number = 1): Page {
  const { texts, language } = context;
  if (offers.length === 0) {
    return withBack(context, { text: texts.payments.plan.none, buttons: [] });
  }
  const entries = offers.map(({ plan, methods }) => ({
    line: [
      "",
      texts.payments.plan.offer(wordsOf(context, plan)),
      texts.payments.plan.prices(pricesOf(context, methods)),
    ].join("\n"),
    buttons: [[{ text: `💳 ${plan.names[language]}`, data: planButton.data({ code: plan.code }) }]],
  }));
  const list = {
    head: texts.payments.plan.listTitle,
    entries,
    perPage: 10,
    turnTo: (page: number) => plansButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

/** A plan, what paying for it does to the customer's time, and a button for each payment method. */
export function planPage(
  context: BotContext,
  { plan, methods }: PlanOffer,
  { current, now }: { readonly current: CurrentPlan; readonly now: Instant },
): Page {
  const { texts, language } = context;
  const { paidUntil } = current;
  const isRunning = paidUntil !== undefined && msBetween(now, paidUntil) > 0;
  const lines = [
    texts.payments.plan.offer(wordsOf(context, plan)),
    "",
    ...(isRunning ? [texts.payments.purchase.timeNow(momentIn(language, paidUntil))] : []),
    ...timeLines(context, { plan, methods }, { current, now }),
    "",
    texts.payments.purchase.howToPay,
  ];
  const pay = methods.map(({ gateway, price }) => [
    {
      text: texts.payments.purchase.payBy(
        texts.payments.gateway.name(gateway),
        moneyIn(language, price),
      ),
      data: buyButton.data({
        plan: plan.code,
        version: plan.version,
        gateway,
        currency: price.currency,
      }),
    },
  ]);
  return {
    text: lines.join("\n"),
    buttons: [...pay, [{ text: texts.messaging.menu.back, data: plansButton.data({}) }]],
  };
}

/** Until when access runs after paying; one line where every method gives the same end. */
function timeLines(
  context: BotContext,
  { plan, methods }: PlanOffer,
  { current, now }: { readonly current: CurrentPlan; readonly now: Instant },
): string[] {
  const { texts, language } = context;
  const previews = methods.map((method) => {
    return { method, preview: previewPurchase(current.time, { plan, price: method.price }, now) };
  });
  const byEnd = Map.groupBy(previews, ({ preview }) => preview.until);
  return [...byEnd].flatMap(([until, same]) => {
    const moment = momentIn(language, until);
    const prices = pricesOf(
      context,
      same.map(({ method }) => method),
    );
    const after =
      byEnd.size === 1
        ? texts.payments.purchase.timeAfter(moment)
        : texts.payments.purchase.timeAfterPaying(prices, moment);
    const { boughtMs, becomesMs } = same[0]?.preview ?? { boughtMs: 0, becomesMs: 0 };
    const left = boughtMs / dayMs;
    const becomes = becomesMs / dayMs;
    // The end is exact already: equal day counts would add nothing.
    const isSame = wholeDays(becomes).whole === wholeDays(left).whole;
    if (current.plan === undefined || isSame) return [after];
    const from = current.plan.names[language];
    const to = plan.names[language];
    return [texts.payments.purchase.timeConverted({ left, from, becomes, to }), after];
  });
}

const wordsOf = ({ language }: BotContext, plan: Plan) => ({
  name: plan.names[language],
  description: plan.descriptions[language],
  days: plan.days,
  devices: plan.deviceLimit,
  traffic: plan.trafficLimitBytes ? bytesIn(language, plan.trafficLimitBytes) : undefined,
});

/** Each price once, in the order of the methods. */
const pricesOf = ({ language }: BotContext, methods: PlanOffer["methods"]): string =>
  [...new Set(methods.map(({ price }) => moneyIn(language, price)))].join(" · ");
