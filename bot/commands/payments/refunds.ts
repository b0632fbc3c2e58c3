import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { startRefund } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { type Money, parseMoney } from "../../../domain/money.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { moneyIn } from "../../../texts/money.ts";
import { paymentButton, refundWholeButton, sureRefundButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, buttonMark, requestIdOf, say, show } from "../../request.ts";
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
    const { id, customer, gateway } = payment;
    const left = moneyIn(language, refundable.left);
    const question = buttonMark();
    answerPress(context);
    await show(
      context,
      texts.payments.refund.sure(left, customer.name, texts.payments.gateway.name(gateway)),
      [
        [{ text: texts.payments.refund.yes, data: refundWholeButton.data({ id, question }) }],
        [{ text: texts.messaging.menu.back, data: paymentButton.data({ id }) }],
      ],
    );
  });
  onAdminButton(bot, refundWholeButton, "refund", async (context, { id, question }) => {
    const { texts } = context;
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, texts.payments.refundNotOpened.noPayment, true);
    const requestId = refundRequestId(question, payment.id);
    const command = { requestId, reason: texts.payments.refund.defaultReason };
    const started = await requestRefund(context, ports, { payment, ...command });
    answerPress(context, takenOr(context, started), true);
  });
  addPartial(bot, ports);
}

function addPartial(bot: Composer<BotContext>, ports: BotPorts): void {
  onAdminCommand(bot, "refund", async (context, payload) => {
    const { texts } = context;
    const [, number = "", digits = "", why = ""] =
      /^(\S{8,36})\s+(\S{1,24})\s+(\S[^]*)$/u.exec(payload.trim()) ?? [];
    const reason = tidyName(why, "");
    if (!reason) return say(context, texts.payments.refund.how);
    const [payment, other] = await orUnavailable(ports.payments.search(number, 2));
    if (payment === undefined) return say(context, texts.payments.refundNotOpened.noPayment);
    if (other !== undefined) return say(context, texts.payments.refund.ambiguous);
    const refundable = refundableOf(
      (await orUnavailable(ports.timelines.read(payment.id))).charges,
    );
    const { currency } = refundable?.left ?? payment.price;
    const amount = parseMoney(digits, currency);
    if (!amount?.minor) return say(context, texts.payments.refund.badAmount(currency));
    const requestId = refundRequestId(requestIdOf(context), payment.id);
    const command = { requestId, amount, reason };
    const started = await requestRefund(context, ports, { payment, ...command });
    await say(context, takenOr(context, started));
  });
}

interface RefundRequest {
  readonly payment: PaymentSummary;
  readonly requestId: string;
  readonly amount?: Money;
  readonly reason: string;
}

/**
 * Starts the refund's workflow, once per request: a request that the database knows is repeated,
 * even where Temporal has deleted its run. The database allows a charge one refund at a time.
 */
async function requestRefund(
  { telegramId: by }: BotContext,
  { payments, timelines, client }: BotPorts,
  { payment, ...command }: RefundRequest,
): Promise<StartResult> {
  if (await orUnavailable(payments.isRefundKnown(command.requestId))) return "repeated";
  const refundable = refundableOf((await orUnavailable(timelines.read(payment.id))).charges);
  const charge = refundable && { reference: refundable.charge.reference };
  return startRefund(client, { paymentId: payment.id, by, ...charge, ...command });
}

const takenOr = ({ texts }: BotContext, started: StartResult): string =>
  started === "taken" ? texts.payments.refund.taken : texts.payments.refundNotOpened.underWay;
