import { balanceButton, topUpButton } from "../../../domain/messaging/buttons.ts";
import { type Currency, type Money, money } from "../../../domain/money.ts";
import { type PaymentMethod, waysToPay } from "../../../domain/payments/plan-offers.ts";
import { currenciesFor } from "../../../domain/payments/price-order.ts";
import { checkTopUp } from "../../../domain/payments/top-up.ts";
import { moneyIn } from "../../../texts/money.ts";
import { askTopUpButton, payTopUpButton, topUpAmountButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { buttonMark } from "../../request.ts";
import { inRows } from "../operations/value-page.ts";
import { type Page, withBack } from "../paging.ts";
import { methodButton } from "./ordering.ts";

/**
 * The currencies in which this person can top up now, the one they think in first: the shop allows
 * it, and a gateway takes it.
 */
export function topUpCurrencies(
  { shop, language }: BotContext,
  methods: readonly PaymentMethod[],
): readonly Currency[] {
  const taken = new Set(methods.map(({ currency }) => currency));
  return currenciesFor(language, shop.currencies).filter(
    (currency) => shop.topUps[currency] !== undefined && taken.has(currency),
  );
}

/** The amounts in one currency, and the way to the others. */
export function topUpPage(
  context: BotContext,
  currencies: readonly Currency[],
  wanted?: Currency,
): Page {
  const { texts, language, shop } = context;
  const currency = currencies.find((one) => one === wanted) ?? currencies[0];
  const rule = currency && shop.topUps[currency];
  const back = balanceButton.data({});
  if (currency === undefined || rule === undefined) {
    return withBack(context, { text: texts.payments.topUp.off, buttons: [] }, back);
  }
  const amounts = rule.amounts.map((minor) => ({
    text: moneyIn(language, money(minor, currency)),
    data: topUpAmountButton.data({ currency, minor }),
  }));
  const others = currencies
    .filter((one) => one !== currency)
    .map((one) => ({
      text: texts.payments.topUp.inCurrency(one),
      data: topUpButton.data({ currency: one }),
    }));
  const other = { text: texts.payments.topUp.other, data: askTopUpButton.data({ currency }) };
  const buttons = [...inRows(amounts), [other], ...inRows(others)];
  return withBack(context, { text: texts.payments.topUp.choose, buttons }, back);
}

/** One amount, with a button for each way to pay it, in the owner's order. */
export function topUpMethodsPage(
  context: BotContext,
  amount: Money,
  methods: readonly PaymentMethod[],
): Page {
  const { texts, language, shop } = context;
  const { currency, minor } = amount;
  const price = moneyIn(language, amount);
  const mark = buttonMark();
  const means = { gateways: methods, balances: [], order: shop };
  const buttons = waysToPay({ prices: { [currency]: minor } }, means).map((method) => {
    const { gateway } = method;
    return [methodButton(context, method, payTopUpButton.data({ gateway, currency, minor, mark }))];
  });
  const page = { text: texts.payments.topUp.howToPay(price), buttons };
  return withBack(context, page, topUpButton.data({ currency }));
}

/** What is wrong with an amount, with the limits; undefined: nothing. */
export function topUpProblem(
  { texts, language, shop }: BotContext,
  currency: Currency,
  amount: Money | undefined,
): string | undefined {
  const rule = shop.topUps[currency];
  if (rule === undefined) return texts.payments.topUp.off;
  const { topUp } = texts.payments;
  const least = moneyIn(language, money(rule.least, currency));
  const most = moneyIn(language, money(rule.most, currency));
  if (amount === undefined) return topUp.notAmount(least, most);
  switch (checkTopUp(shop.topUps, amount)) {
    case "fits":
      return undefined;
    case "notOffered":
      return topUp.off;
    case "tooSmall":
      return topUp.tooSmall(least, most);
    case "tooLarge":
      return topUp.tooLarge(least, most);
  }
}
