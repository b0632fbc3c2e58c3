import type { CurrentPlan, PaymentMethod } from "../../../db/queries/payments/plans.ts";
import { covers, type Money } from "../../../domain/money.ts";
import { balanceGateway, type GatewayName } from "../../../domain/payments/payment.ts";
import { type Plan, priceIn } from "../../../domain/payments/plan.ts";
import { previewPurchase } from "../../../domain/payments/purchase-preview.ts";
import { dayMs, type Instant, msBetween } from "../../../domain/time.ts";
import { wholeDays } from "../../../texts/days.ts";
import { bytesIn, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { buyButton, planButton, plansButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { type Page, pageOf } from "../paging.ts";

/** One way to pay for one plan. */
interface Way {
  readonly gateway: GatewayName;
  readonly price: Money;
}

/** A plan with the ways in which it can be paid for now; there is at least one. */
export interface Offer {
  readonly plan: Plan;
  readonly ways: readonly Way[];
}

/** What can be bought now: from the balance where that covers the price, and by each gateway. */
export function offersOf(
  plans: readonly Plan[],
  gateways: readonly PaymentMethod[],
  balances: readonly Money[],
): Offer[] {
  const offers = plans.map((plan) => {
    const own = balances.flatMap((balance): Way[] => {
      const price = priceIn(plan, balance.currency);
      return price && covers(balance, price) ? [{ gateway: balanceGateway, price }] : [];
    });
    const others = gateways.flatMap(({ gateway, currency }): Way[] => {
      const price = priceIn(plan, currency);
      return price ? [{ gateway, price }] : [];
    });
    return { plan, ways: [...own, ...others] };
  });
  return offers.filter(({ ways }) => ways.length > 0);
}

export function plansPage(context: BotContext, offers: readonly Offer[], number = 1): Page {
  const { texts, language } = context;
  if (offers.length === 0) return { text: texts.payments.plan.none, buttons: [] };
  const entries = offers.map(({ plan, ways }) => ({
    line: `\n${texts.payments.plan.offer(wordsOf(context, plan))}\n${texts.payments.plan.prices(pricesOf(context, ways))}`,
    buttons: [[{ text: `💳 ${plan.names[language]}`, data: planButton.data({ code: plan.code }) }]],
  }));
  const list = {
    head: texts.payments.plan.listTitle,
    entries,
    perPage: 10,
    turnTo: (page: number) => plansButton.data({ page }),
  };
  return pageOf(list, number);
}

/** A plan, what paying for it does to the customer's time, and a button for each way to pay. */
export function planPage(
  context: BotContext,
  { plan, ways }: Offer,
  { current, now }: { readonly current: CurrentPlan; readonly now: Instant },
): Page {
  const { texts, language } = context;
  const { paidUntil } = current;
  const isRunning = paidUntil !== undefined && msBetween(now, paidUntil) > 0;
  const lines = [
    texts.payments.plan.offer(wordsOf(context, plan)),
    "",
    ...(isRunning ? [texts.payments.purchase.timeNow(momentIn(language, paidUntil))] : []),
    ...timeLines(context, { plan, ways }, { current, now }),
    "",
    texts.payments.purchase.howToPay,
  ];
  const pay = ways.map(({ gateway, price }) => [
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

/** Until when access then runs; told once where every way comes to the same. */
function timeLines(
  context: BotContext,
  { plan, ways }: Offer,
  { current, now }: { readonly current: CurrentPlan; readonly now: Instant },
): string[] {
  const { texts, language } = context;
  const previews = ways.map((way) => {
    return { way, preview: previewPurchase(current.time, { plan, price: way.price }, now) };
  });
  const byEnd = Map.groupBy(previews, ({ preview }) => preview.until);
  return [...byEnd].flatMap(([until, same]) => {
    const moment = momentIn(language, until);
    const prices = pricesOf(
      context,
      same.map(({ way }) => way),
    );
    const after =
      byEnd.size === 1
        ? texts.payments.purchase.timeAfter(moment)
        : texts.payments.purchase.timeAfterPaying(prices, moment);
    const { boughtMs, becomesMs } = same[0]?.preview ?? { boughtMs: 0, becomesMs: 0 };
    const [left, becomes] = [boughtMs / dayMs, becomesMs / dayMs];
    // The end is told exactly: days that read alike would say nothing more.
    const isSame = wholeDays(becomes).whole === wholeDays(left).whole;
    if (current.plan === undefined || isSame) return [after];
    const [from, to] = [current.plan.names[language], plan.names[language]];
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

/** Each price once, however many ways lead to it. */
const pricesOf = ({ language }: BotContext, ways: readonly Way[]): string =>
  [...new Set(ways.map(({ price }) => moneyIn(language, price)))].join(" · ");
