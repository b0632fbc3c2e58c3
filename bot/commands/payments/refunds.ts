import { randomBytes } from "node:crypto";
import type { Composer } from "telegraf";
import type { StartResult } from "../../../client/durable.ts";
import { startRefund } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { type Money, parseMoney } from "../../../domain/money.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, requestIdOf, say, show } from "../../request.ts";
import { adminsOnly } from "../admins-only.ts";
import { paymentOf } from "./admin-payments.ts";
import { refundableOf } from "./payment-pages.ts";

/** Money goes back: all that is left by a button that asks twice, a part by /refund. */
export function addRefunds(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^sure-refund:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "sure-refund";
    const { texts, language } = context;
    const payment = await paymentOf(ports, context.match[1]);
    const timeline = payment && (await orUnavailable(ports.timelines.of(payment.id)));
    const refundable = timeline && refundableOf(timeline);
    if (payment === undefined || refundable === undefined) {
      return answerPress(context, texts.payments.refundNotOpened.nothingLeft, true);
    }
    const { id, customer, gateway } = payment;
    const left = moneyIn(language, refundable.left);
    // Named by this question: a double tap on Yes is one refund, the next question another.
    const question = randomBytes(4).toString("hex");
    answerPress(context);
    await show(
      context,
      texts.payments.refund.sure(left, customer.name, texts.payments.gateway.name(gateway)),
      [
        [{ text: texts.payments.refund.yes, data: `refund-whole:${id}:${question}` }],
        [{ text: texts.messaging.menu.back, data: `payment:${id}` }],
      ],
    );
  });
  bot.action(/^refund-whole:([0-9a-f-]{36}):([0-9a-f]{8})$/u, adminsOnly, async (context) => {
    context.handler = "refund";
    const { texts } = context;
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined)
      return answerPress(context, texts.payments.refundNotOpened.noPayment, true);
    const requestId = refundRequestId(context.match[2] ?? "", payment.id);
    const command = { requestId, reason: texts.payments.refund.defaultReason };
    const started = await ask(context, ports, { payment, ...command });
    answerPress(context, takenOr(context, started), true);
  });
  addPartial(bot, ports);
}

function addPartial(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("refund", adminsOnly, async (context) => {
    context.handler = "refund";
    const { texts } = context;
    const [, number = "", digits = "", why = ""] =
      /^(\S{8,36})\s+(\S{1,24})\s+(\S[^]*)$/u.exec(context.payload.trim()) ?? [];
    const reason = tidyName(why, "");
    if (!reason) return say(context, texts.payments.refund.how);
    const [payment, other] = await orUnavailable(ports.payments.matching(number, 2));
    if (payment === undefined) return say(context, texts.payments.refundNotOpened.noPayment);
    if (other !== undefined) return say(context, texts.payments.refund.ambiguous);
    const refundable = refundableOf(await orUnavailable(ports.timelines.of(payment.id)));
    const { currency } = refundable?.left ?? payment.price;
    const amount = parseMoney(digits, currency);
    if (!amount?.minor) return say(context, texts.payments.refund.badAmount(currency));
    const requestId = refundRequestId(requestIdOf(context), payment.id);
    const command = { requestId, amount, reason };
    const started = await ask(context, ports, { payment, ...command });
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
 * A request that is in the books was made before, also where its workflow is long gone: a payment may be refunded
 * again, and a request may not. That a charge has one refund at a time, the books see to.
 */
async function ask(
  { telegramId: by }: BotContext,
  { payments, timelines, client }: BotPorts,
  { payment, ...command }: RefundRequest,
): Promise<StartResult> {
  if (await orUnavailable(payments.isRefundKnown(command.requestId))) return "repeated";
  const refundable = refundableOf(await orUnavailable(timelines.of(payment.id)));
  const charge = refundable && { reference: refundable.charge.reference };
  return startRefund(client, { paymentId: payment.id, by, ...charge, ...command });
}

const takenOr = ({ texts }: BotContext, started: StartResult): string =>
  started === "taken" ? texts.payments.refund.taken : texts.payments.refundNotOpened.underWay;
