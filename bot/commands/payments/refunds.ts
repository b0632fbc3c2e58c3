import { customerButton, paymentButton } from "../../../domain/messaging/buttons.ts";
import type { Composer } from "telegraf";
import { startRefund } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { type Money, parseMoney } from "../../../domain/money.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { lengthBeyond, longestName, tidyName } from "../../../domain/people/customer.ts";
import { moneyIn } from "../../../texts/money.ts";
import {
  askPartButton,
  refundSentButton,
  refundWholeButton,
  sureRefundButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, buttonMark, requestIdOf, say, show } from "../../request.ts";
import { type Page, sayToStaff, withBack } from "../paging.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";

/** Refunds: all that is left by a button that asks twice, a part by /refund. */
export function addRefunds(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminButton(bot, sureRefundButton, "sure-refund", async (context, { id: paymentId }) => {
    const { texts, language } = context;
    const payment = paymentId && (await orUnavailable(ports.payments.find(paymentId)));
    const timeline = payment && (await orUnavailable(ports.timelines.read(payment.id)));
    const refundable = timeline && refundableOf(timeline.charges);
    if (payment === undefined || refundable === undefined) {
      return answerPress(context, texts.payments.refundNotOpened.nothingLeft, true);
    }
    answerPress(context);
    const page = surePage(context, payment, moneyIn(language, refundable.left));
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, refundWholeButton, "refund", async (context, { id, question }) => {
    const { texts } = context;
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, texts.payments.refundNotOpened.noPayment, true);
    const requestId = refundRequestId(question, payment.id);
    const command = { requestId, reason: texts.payments.refund.defaultReason };
    const started = await requestRefund(context, ports, { payment, ...command });
    if (started.kind !== "taken") {
      return answerPress(context, texts.payments.refundNotOpened.underWay, true);
    }
    answerPress(context);
    const page = startedPage(context, payment, started);
    await show(context, page.text, page.buttons);
  });
  addPartial(bot, ports);
}

/** Asks once more; where the gateway cannot return money, it says how to do it by hand. */
function surePage(context: BotContext, payment: PaymentSummary, left: string): Page {
  const { refund, gateway: gateways } = context.texts.payments;
  const { id, customer, gateway, isRefundedByHand } = payment;
  const about = [left, customer.name, gateways.name(gateway)] as const;
  const question = buttonMark();
  const yes = isRefundedByHand
    ? { text: refund.sentByHand, data: refundSentButton.data({ id, question }) }
    : { text: refund.yes, data: refundWholeButton.data({ id, question }) };
  const text = isRefundedByHand ? refund.sureByHand(...about) : refund.sure(...about);
  const part = { text: refund.part, data: askPartButton.data({ id, question }) };
  const buttons = payment.isRefundedInParts ? [[yes], [part]] : [[yes]];
  return withBack(context, { text, buttons }, paymentButton.data({ id, place: "here" }));
}

/** The answer to a request for a refund, with the way back to its payment and its customer. */
export function startedPage(
  context: BotContext,
  { id, customer, gateway }: PaymentSummary,
  started: RefundStart,
): Page {
  const { texts, language } = context;
  const { refund, refundNotOpened, payment, gateway: gateways } = texts.payments;
  const text =
    started.kind === "taken"
      ? refund.taken(moneyIn(language, started.amount), customer.name, gateways.name(gateway))
      : refundNotOpened.underWay;
  const card = {
    text: texts.operations.sale.card,
    data: customerButton.data({ id: customer.telegramId }),
  };
  return { text, buttons: [[card, { text: payment.open, data: paymentButton.data({ id }) }]] };
}

async function sayStarted(
  context: BotContext,
  payment: PaymentSummary,
  started: RefundStart,
): Promise<void> {
  const { text, buttons } = startedPage(context, payment, started);
  await say(context, text, buttons);
}

function addPartial(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminCommand(bot, "refund", async (context, payload) => {
    const { texts } = context;
    const [, number = "", digits = "", why = ""] =
      /^(\S{8,36})\s+(\S{1,24})\s+(\S[^]*)$/u.exec(payload.trim()) ?? [];
    const reason = tidyName(why, "");
    if (!reason) return sayToStaff(context, texts.payments.refund.how);
    const length = lengthBeyond(why, longestName);
    if (length !== undefined) {
      return sayToStaff(context, texts.messaging.input.tooLong(length, longestName));
    }
    const [payment, other] = await orUnavailable(ports.payments.search(number, 2));
    if (payment === undefined) return sayToStaff(context, texts.payments.refundNotOpened.noPayment);
    if (other !== undefined) return sayToStaff(context, texts.payments.refund.ambiguous);
    const refundable = refundableOf(
      (await orUnavailable(ports.timelines.read(payment.id))).charges,
    );
    const { currency } = refundable?.left ?? payment.price;
    const amount = parseMoney(digits, currency);
    if (!amount?.minor) return sayToStaff(context, texts.payments.refund.badAmount(currency));
    const requestId = refundRequestId(requestIdOf(context), payment.id);
    const command = { requestId, amount, reason };
    await sayStarted(
      context,
      payment,
      await requestRefund(context, ports, { payment, ...command }),
    );
  });
}

interface RefundRequest {
  readonly payment: PaymentSummary;
  readonly requestId: string;
  readonly amount?: Money;
  readonly reason: string;
  readonly transaction?: string;
}

/** A refund that has started, of how much; or one that was under way already. */
type RefundStart =
  | { readonly kind: "taken"; readonly amount: Money }
  | { readonly kind: "repeated" };

/**
 * Starts the refund's workflow, once per request: a request that the database knows is repeated,
 * even where Temporal has deleted its run. The database allows a charge one refund at a time.
 */
export async function requestRefund(
  { telegramId: by }: BotContext,
  { payments, timelines, client }: BotPorts,
  { payment, ...command }: RefundRequest,
): Promise<RefundStart> {
  if (await orUnavailable(payments.isRefundKnown(command.requestId))) return { kind: "repeated" };
  const refundable = refundableOf((await orUnavailable(timelines.read(payment.id))).charges);
  const charge = refundable && { reference: refundable.charge.reference };
  const started = await startRefund(client, { paymentId: payment.id, by, ...charge, ...command });
  if (started !== "taken") return { kind: "repeated" };
  return { kind: "taken", amount: command.amount ?? refundable?.left ?? payment.price };
}
