import { randomBytes } from "node:crypto";
import type { Composer } from "telegraf";
import { v5 } from "uuid";
import type { PaymentSeen } from "../../db/readers/payments-seen.ts";
import { tidyName } from "../../domain/customer.ts";
import { type Money, parseMoney } from "../../domain/money.ts";
import { moneyIn } from "../../texts/money.ts";
import type { BotContext, BotPorts } from "../context.ts";
import { answerPress, requestIdOf, say, show } from "../request.ts";
import type { Started } from "../way-in.ts";
import { reading } from "../unavailable.ts";
import { adminsOnly } from "./admins-only.ts";
import { paymentOf } from "./payment-desk.ts";
import { refundableOf } from "./payment-pages.ts";

/** Money goes back: all that is left by a button that asks twice, a part by /refund. */
export function addRefunds(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^sure-refund:([0-9a-f-]{36})$/u, adminsOnly, async (context) => {
    context.handler = "sure-refund";
    const { texts, language } = context;
    const payment = await paymentOf(ports, context.match[1]);
    const story = payment && (await reading(ports.stories.of(payment.id)));
    const refundable = story && refundableOf(story);
    if (payment === undefined || refundable === undefined) {
      return answerPress(context, texts.refundNotOpened.nothingLeft, true);
    }
    const { id, customer, gateway } = payment;
    const left = moneyIn(language, refundable.left);
    // Named by this question: a double tap on Yes is one refund, the next question another.
    const question = randomBytes(4).toString("hex");
    answerPress(context);
    await show(context, texts.sureRefund(left, customer.name, texts.gatewayName(gateway)), [
      [{ text: texts.yesRefund, data: `refund-whole:${id}:${question}` }],
      [{ text: texts.back, data: `payment:${id}` }],
    ]);
  });
  bot.action(/^refund-whole:([0-9a-f-]{36}):([0-9a-f]{8})$/u, adminsOnly, async (context) => {
    context.handler = "refund";
    const { texts } = context;
    const payment = await paymentOf(ports, context.match[1]);
    if (payment === undefined) return answerPress(context, texts.refundNotOpened.noPayment, true);
    const wish = { requestId: v5(context.match[2] ?? "", payment.id), reason: texts.refundReason };
    const started = await asked(context, ports, { payment, ...wish });
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
    if (!reason) return say(context, texts.refundHow);
    const [payment, other] = await reading(ports.payments.matching(number, 2));
    if (payment === undefined) return say(context, texts.refundNotOpened.noPayment);
    if (other !== undefined) return say(context, texts.refundAmbiguous);
    const refundable = refundableOf(await reading(ports.stories.of(payment.id)));
    const { currency } = refundable?.left ?? payment.price;
    const amount = parseMoney(digits, currency);
    if (!amount?.minor) return say(context, texts.refundAmount(currency));
    const requestId = v5(requestIdOf(context), payment.id);
    const wish = { requestId, amount, reason };
    const started = await asked(context, ports, { payment, ...wish });
    await say(context, takenOr(context, started));
  });
}

interface Asked {
  readonly payment: PaymentSeen;
  readonly requestId: string;
  readonly amount?: Money;
  readonly reason: string;
}

/**
 * A wish that is in the books was asked before, also where its workflow has ended since: a payment may
 * be refunded again, and a wish may not.
 */
async function asked(
  { telegramId: by }: BotContext,
  { payments, stories, doors }: BotPorts,
  { payment, ...wish }: Asked,
): Promise<Started> {
  if (await reading(payments.isRefundKnown(wish.requestId))) return "repeated";
  const refundable = refundableOf(await reading(stories.of(payment.id)));
  const charge = refundable && { reference: refundable.charge.reference };
  return doors.payments.refundWished({ paymentId: payment.id, by, ...charge, ...wish });
}

const takenOr = ({ texts }: BotContext, started: Started): string =>
  started === "taken" ? texts.refundTaken : texts.refundNotOpened.underWay;
