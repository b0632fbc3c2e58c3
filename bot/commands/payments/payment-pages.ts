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
import {
  adminMenuButton,
  paymentButton,
  paymentJsonButton,
  sureRefundButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import { fitLines, longestLabel, mostCharacters, truncate } from "../fit-lines.ts";
import { type Entry, type Page, withBack } from "../paging.ts";
import { itemName } from "./payment-lines.ts";
import { quoted, timelineOf } from "./payment-timeline.ts";
import { commentLengths, transferLines } from "./transfer-lines.ts";

/** Payments to choose from: a line and a button each, whose number is its place in the list. */
export function paymentEntries(
  context: BotContext,
  payments: readonly PaymentSummary[],
): readonly Entry[] {
  const { texts, language } = context;
  return payments.map(({ id, customer, price, state, openedAt }, place) => {
    const at = momentIn(context, openedAt);
    const amount = moneyIn(language, price);
    const line = texts.payments.payment.orderLine(at, amount, texts.payments.orderStates[state]);
    const number = place + 1;
    const label = truncate(`${number}. ${amount}, ${customer.name}`, longestLabel);
    return {
      line: `${number}. ${line}, ${isolated(truncate(customer.name))}`,
      buttons: [[{ text: label, data: paymentButton.data({ id }) }]],
    };
  });
}

const mostOfEach = 5;

/** A payment's details; the oldest of its timeline is left out where one message is too short. */
export function paymentPage(
  context: BotContext,
  payment: PaymentSummary,
  timeline: PaymentTimeline,
  workflowUrl?: string,
): Page {
  const { texts } = context;
  const head = [
    cardOf(context, payment),
    ...(workflowUrl === undefined ? [] : [texts.payments.payment.workflow(workflowUrl)]),
    ...timeline.charges.slice(-mostOfEach).flatMap((charge) => chargeLines(context, charge)),
    ...timeline.refunds.slice(-mostOfEach).map((refund) => refundLine(context, refund)),
    "",
    texts.operations.timeline.title,
  ].join("\n");
  const lines = timelineOf(context, payment, timeline).toReversed();
  const room =
    mostCharacters - head.length - texts.payments.moment.earlier(lines.length).length - 2;
  const newest = fitLines(lines, room).toReversed();
  const cut = lines.length - newest.length;
  const earlier = cut > 0 ? [texts.payments.moment.earlier(cut)] : [];
  const { id } = payment;
  const mayRefund = may(context, "refund") && refundableOf(timeline.charges);
  const refund = mayRefund
    ? [[{ text: texts.payments.refund.button, data: sureRefundButton.data({ id }) }]]
    : [];
  const whole = { text: texts.payments.payment.download, data: paymentJsonButton.data({ id }) };
  const page = { text: [head, ...earlier, ...newest].join("\n"), buttons: [...refund, [whole]] };
  return withBack(context, page, adminMenuButton.data({}));
}

function cardOf(context: BotContext, payment: PaymentSummary): string {
  const { texts, language } = context;
  const { customer, item, price, gateway, state, memo, invoiceReference } = payment;
  const version = item.terms === undefined ? "" : ` (${item.terms.code}, ${item.terms.version})`;
  return texts.payments.payment.card({
    number: orderNumber(payment.id),
    customer: isolated(truncate(customer.name)),
    telegramId: customer.telegramId,
    plan: `${escapeHtml(itemName(context, item))}${version}`,
    price: moneyIn(language, price),
    gateway: texts.payments.gateway.name(gateway),
    state: texts.payments.orderStates[state],
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
  const line = { amount: moneyIn(language, amount), state, by, reason: quoted(reason) };
  return texts.payments.payment.refundLine(line);
}
