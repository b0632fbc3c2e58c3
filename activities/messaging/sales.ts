import { countFigures } from "../../db/queries/operations/figures.ts";
import {
  findSale,
  findToppedUp,
  listSales,
  type Sale,
  type ToppedUp,
} from "../../db/queries/operations/sales.ts";
import type { Queries } from "../../db/orm.ts";
import { customerButton, paymentButton } from "../../domain/messaging/buttons.ts";
import type { DailySummary } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { ShopSettings } from "../../domain/operations/shop-settings.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { addDays, startOfDay } from "../../domain/zone.ts";
import type { Keyboard, TextMessage } from "../../gateways/messenger/port.ts";
import type { PayerFacts, SaleFacts } from "../../texts/facts.ts";
import { extraName } from "../../texts/extra-name.ts";
import { periodText, nowText } from "../../texts/figures.ts";
import { dayIn, escapeHtml, type ReaderLocale, textsIn } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";
import { readFacts, Unrenderable } from "./rendering.ts";

/** The most sales that a summary lists: it must fit one message. */
const mostListed = 25;

/**
 * What a payment has sold, for an admin, with its customer and itself behind buttons.
 * @throws Unrenderable where the payment has sold nothing.
 */
export async function saleText(
  db: Queries,
  id: PaymentId,
  { locale, now }: { readonly locale: ReaderLocale; readonly now: Instant },
): Promise<TextMessage> {
  const { operations, payments } = textsIn(locale.language);
  const { sale: texts } = operations;
  const sale = await readFacts(findSale(db, id));
  const toppedUp = sale ?? (await readFacts(findToppedUp(db, id)));
  if (toppedUp === undefined) throw new Unrenderable(`payment ${id} has sold nothing`);
  const keyboard: Keyboard = [
    [
      { text: texts.card, data: customerButton.data({ id: toppedUp.customer }) },
      { text: payments.payment.open, data: paymentButton.data({ id }) },
    ],
  ];
  const html =
    sale === undefined
      ? texts.toppedUp(payerOf(toppedUp, locale))
      : texts.notice(factsOf(sale, locale, now));
  return { kind: "text", html, keyboard };
}

/** The figures of a day that is over, with its sales where the content has them. */
export async function summaryText(
  db: Queries,
  { day, zone, hasSales }: DailySummary,
  { language, shop }: { readonly language: Language; readonly shop: ShopSettings },
): Promise<TextMessage> {
  const locale: ReaderLocale = { language, zone };
  const since = startOfDay(day, zone);
  const until = startOfDay(addDays(day, 1), zone);
  const now = instant(new Date());
  const figures = await readFacts(countFigures(db, { since, until, now }));
  const title = dayIn(locale, since, until);
  const reader = { language, currencies: shop.currencies };
  const parts = [periodText(reader, title, figures)];
  const count = figures.sales + figures.topUps;
  if (hasSales && count > 0) {
    const sales = await readFacts(listSales(db, { since, until, limit: mostListed }));
    const { sale } = textsIn(language).operations;
    const lines = sales.map((one) => sale.line(factsOf(one, locale, now)));
    const more = count - sales.length;
    parts.push([sale.list, ...lines, ...(more > 0 ? [sale.more(more)] : [])].join("\n"));
  }
  return { kind: "text", html: [...parts, nowText(language, figures)].join("\n\n") };
}

const payerOf = (paid: ToppedUp, { language }: ReaderLocale): PayerFacts => ({
  price: moneyIn(language, paid.price),
  gateway: textsIn(language).payments.gateway.name(paid.gateway),
  name: paid.name,
  username: paid.username === undefined ? "" : `@${escapeHtml(paid.username)}`,
});

/** What was sold, and for which of several subscriptions. */
function soldName({ item, subscription }: Sale, locale: ReaderLocale, now: Instant): string {
  const { language } = locale;
  const name =
    "kind" in item ? extraName(language, item, (at) => dayIn(locale, at, now)) : item[language];
  if (subscription === undefined) return name;
  return textsIn(language).access.subscriptions.name(name, subscription);
}

function factsOf(sale: Sale, locale: ReaderLocale, now: Instant): SaleFacts {
  return {
    ...payerOf(sale, locale),
    plan: soldName(sale, locale, now),
    until: sale.until && dayIn(locale, sale.until, now),
  };
}
