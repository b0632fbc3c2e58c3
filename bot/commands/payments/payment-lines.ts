import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { type Money, money } from "../../../domain/money.ts";
import { orderNumber } from "../../../domain/payments/payment.ts";
import { byCurrency } from "../../../domain/operations/shop-settings.ts";
import { extraName } from "../../../texts/extra-name.ts";
import { momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext } from "../../context.ts";

/** What a payment is for, in the reader's language, and for which of several subscriptions. */
export function itemName(
  context: BotContext,
  { item, subscription }: Pick<PaymentSummary, "item" | "subscription">,
): string {
  const name =
    item.terms === undefined
      ? extraName(context.language, item.extra, (at) => momentIn(context, at))
      : item.names[context.language];
  if (subscription === undefined) return name;
  return context.texts.access.subscriptions.name(name, subscription);
}

/** A payment in a line of a list. */
export function paymentLine(context: BotContext, payment: PaymentSummary): string {
  const { texts, language } = context;
  return texts.payments.order.line({
    at: momentIn(context, payment.openedAt),
    plan: itemName(context, payment),
    price: moneyIn(language, payment.price),
    gateway: texts.payments.gateway.name(payment.gateway),
    state: payment.state,
    number: orderNumber(payment.id),
  });
}

/**
 * What a customer has on the balance and, separately, what they owe;
 * each is empty where it is zero.
 */
export function balanceIn(
  context: BotContext,
  balances: readonly Money[],
): { readonly has: string; readonly owes: string } {
  const debts = balances.filter(({ minor }) => minor < 0);
  return {
    has: amountsIn(
      context,
      balances.filter(({ minor }) => minor > 0),
    ),
    owes: amountsIn(
      context,
      debts.map(({ minor, currency }) => money(-minor, currency)),
    ),
  };
}

/** Amounts in a row by the shop's order of currencies, as the reader's language writes them. */
export const amountsIn = ({ language, shop }: BotContext, amounts: readonly Money[]): string =>
  byCurrency(amounts, shop.currencies, ({ currency }) => currency)
    .map((amount) => moneyIn(language, amount))
    .join(" · ");

/** How an order stands, for admins: also who closed it. */
export const stateWords = (
  { texts: { payments } }: BotContext,
  { state, closedBy }: Pick<PaymentSummary, "state" | "closedBy">,
): string => (closedBy === undefined ? payments.orderStates[state] : payments.closedBy[closedBy]);
