import {
  adminMenuButton,
  customerButton,
  paymentButton,
} from "../../../domain/messaging/buttons.ts";
import type {
  ChargeDetails,
  PaymentTimeline,
  RefundDetails,
} from "../../../db/queries/payments/payment-timelines.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { orderNumber } from "../../../domain/payments/payment.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { paymentHistoryButton, paymentJsonButton, sureRefundButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import { fitLines, longestLabel, mostCharacters, truncate } from "../fit-lines.ts";
import type { Buttons } from "../../request.ts";
import { type Entry, type Page, pageOf, withBack } from "../paging.ts";
import { itemName, stateWords } from "./payment-lines.ts";
import { quoted, timelineOf } from "./payment-timeline.ts";
import { commentLengths, transferLines } from "../../../texts/transfer-lines.ts";

/** Payments to choose from: a line and a button each, whose number is its place in the list. */
export function paymentEntries(
  context: BotContext,
  payments: readonly PaymentSummary[],
  about: (payment: PaymentSummary) => string,
): readonly Entry[] {
  const { texts, language } = context;
  return payments.map((payment, place) => {
    const { id, price, openedAt } = payment;
    const at = momentIn(context, openedAt);
    const amount = moneyIn(language, price);
    const line = texts.payments.payment.orderLine(at, amount, stateWords(context, payment));
    const number = place + 1;
    const label = truncate(`${number}. ${amount}, ${about(payment)}`, longestLabel);
    return {
      line: `${number}. ${line}, ${isolated(truncate(about(payment)))}`,
      buttons: [[{ text: label, data: paymentButton.data({ id }) }]],
    };
  });
}

const mostOfEach = 3;

/** Charges, refunds and moments that a payment's card shows together: it must fit a phone. */
const mostBelowHead = 6;
const leastMoments = 2;

/** A payment's details with the newest of its history; the rest has a page of its own. */
export function paymentPage(
  context: BotContext,
  payment: PaymentSummary,
  timeline: PaymentTimeline,
  workflowUrl?: string,
): Page {
  const { texts } = context;
  const money = [
    ...newestOf(timeline.charges).flatMap((charge) => chargeLines(context, charge)),
    ...newestOf(timeline.refunds).map((refund) => refundLine(context, refund)),
  ];
  const head = [
    cardOf(context, payment),
    ...(workflowUrl === undefined ? [] : [texts.payments.payment.workflow(workflowUrl)]),
    ...money,
    "",
    texts.operations.timeline.title,
  ].join("\n");
  const moments = timelineOf(context, payment, timeline);
  const room =
    mostCharacters - head.length - texts.payments.moment.earlier(moments.length).length - 2;
  const shown = Math.max(leastMoments, mostBelowHead - money.length);
  const newest = fitLines(moments.slice(0, shown), room);
  const cut = moments.length - newest.length;
  const earlier = cut > 0 ? [texts.payments.moment.earlier(cut)] : [];
  const text = [head, ...newest, ...earlier].join("\n");
  const buttons = paymentButtons(context, payment, { timeline, isCut: cut > 0 });
  return withBack(context, { text, buttons }, adminMenuButton.data({}));
}

const newestOf = <Row>(oldestFirst: readonly Row[]): readonly Row[] =>
  oldestFirst.slice(-mostOfEach).toReversed();

function paymentButtons(
  context: BotContext,
  { id, customer }: PaymentSummary,
  { timeline, isCut }: { readonly timeline: PaymentTimeline; readonly isCut: boolean },
): Buttons {
  const { payments, operations } = context.texts;
  const mayRefund = may(context, "refund") && refundableOf(timeline.charges);
  const refund = { text: payments.refund.button, data: sureRefundButton.data({ id }) };
  const history = { text: operations.timeline.button, data: paymentHistoryButton.data({ id }) };
  const { telegramId } = customer;
  const card = { text: operations.sale.card, data: customerButton.data({ id: telegramId }) };
  return [
    ...(mayRefund ? [[refund]] : []),
    [card, ...(isCut ? [history] : [])],
    [{ text: payments.payment.download, data: paymentJsonButton.data({ id }) }],
  ];
}

/** A moment takes up to two lines of a phone. */
const momentsPerPage = 8;

/** All that happened to a payment, newest first, the page `number`, counted from 1. */
export function paymentHistoryPage(
  context: BotContext,
  payment: PaymentSummary,
  timeline: PaymentTimeline,
  number = 1,
): Page {
  const { id } = payment;
  const moments = timelineOf(context, payment, timeline);
  const list = {
    head: `${context.texts.payments.payment.history(orderNumber(id))}\n`,
    entries: moments.map((line) => ({ line })),
    perPage: momentsPerPage,
    turnTo: (page: number) => paymentHistoryButton.data({ id, page }),
  };
  return withBack(context, pageOf(list, number), paymentButton.data({ id, place: "here" }));
}

function cardOf(context: BotContext, payment: PaymentSummary): string {
  const { texts, language } = context;
  const { customer, item, price, gateway, memo, invoiceReference } = payment;
  const version = item.terms === undefined ? "" : ` (${item.terms.code}, ${item.terms.version})`;
  return texts.payments.payment.card({
    number: orderNumber(payment.id),
    customer: isolated(truncate(customer.name)),
    telegramId: customer.telegramId,
    plan: `${escapeHtml(itemName(context, payment))}${version}`,
    price: moneyIn(language, price),
    gateway: texts.payments.gateway.name(gateway),
    state: stateWords(context, payment),
    memo,
    invoice: invoiceReference ? `<code>${quoted(invoiceReference)}</code>` : "—",
  });
}

function chargeLines(context: BotContext, charge: ChargeDetails): readonly string[] {
  const { texts, language } = context;
  const { reference, paid, returned } = charge;
  const line = texts.payments.payment.chargeLine({
    reference: quoted(reference),
    paid: paid && moneyIn(language, paid),
    returned: returned.minor > 0 ? moneyIn(language, returned) : undefined,
  });
  return [line, ...transferLines(context, charge, commentLengths.list)];
}

function refundLine({ texts, language }: BotContext, { amount, state, by, reason }: RefundDetails) {
  const line = { amount: moneyIn(language, amount), state, by: by?.name, reason: quoted(reason) };
  return texts.payments.payment.refundLine(line);
}
