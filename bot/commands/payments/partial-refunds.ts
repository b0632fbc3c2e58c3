import type { Composer } from "telegraf";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { paymentButton } from "../../../domain/messaging/buttons.ts";
import { type Money, money } from "../../../domain/money.ts";
import { asPaymentId, type PaymentId } from "../../../domain/payments/payment.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { readAmount } from "../../../domain/payments/written-amount.ts";
import { moneyIn } from "../../../texts/money.ts";
import { askPartButton, refundPartButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, requestIdOf, say, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton } from "../register.ts";
import { requestRefund, startedPage } from "./refunds.ts";

/** A payment of which something can still be returned, and how much. */
interface Refundable {
  readonly payment: PaymentSummary;
  readonly left: Money;
}

/** Refunds of a part: an admin sends the amount, sees what it does, and presses once more. */
export function addPartialRefunds(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminButton(bot, askPartButton, "refund-part", async (context, { id, question }) => {
    const { refund, refundNotOpened } = context.texts.payments;
    const found = id && (await findRefundable(ports, id));
    if (found === undefined) return answerPress(context, refundNotOpened.nothingLeft, true);
    const { telegramId, language } = context;
    await ports.dialogues.open(telegramId, "refundPart", `${question} ${found.payment.id}`);
    answerPress(context);
    await ask(context, refund.askPart(moneyIn(language, found.left)), refund.partField);
  });
  onAdminButton(bot, refundPartButton, "refund-some", async (context, { id, question, minor }) => {
    const { refund, refundNotOpened } = context.texts.payments;
    const found = id && (await findRefundable(ports, id));
    if (found === undefined) return answerPress(context, refundNotOpened.nothingLeft, true);
    const { payment, left } = found;
    const requestId = refundRequestId(question, payment.id);
    const amount = money(minor, left.currency);
    const command = { requestId, amount, reason: refund.defaultReason };
    const started = await requestRefund(context, ports, { payment, ...command });
    answerPress(context);
    const page = startedPage(context, payment, started);
    await show(context, page.text, page.buttons);
  });
}

/** Takes how much is to be returned; false where this admin was not asked. */
export async function takePart(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { dialogues } = ports;
  const { telegramId, texts } = context;
  const { refund, refundNotOpened } = texts.payments;
  if (!may(context, "refund")) return false;
  const claimed = await dialogues.claim(telegramId, "refundPart", requestIdOf(context));
  if (claimed === undefined) return false;
  context.handler = "refund-part";
  const [question = "", number = ""] = claimed.split(" ");
  const id = asPaymentId(number);
  const found = id && (await findRefundable(ports, id));
  if (found === undefined) {
    await say(context, refundNotOpened.nothingLeft);
    return true;
  }
  const { payment, left } = found;
  const amount = readAmount(text, left.currency, context.language);
  const isPossible = amount !== undefined && amount.minor > 0 && amount.minor <= left.minor;
  if (!isPossible) {
    await dialogues.open(telegramId, "refundPart", claimed);
    const why = amount?.minor ? refundNotOpened.tooMuch : refund.badAmount(left.currency);
    await ask(context, why, refund.partField);
    return true;
  }
  const page = surePage(context, payment, { question, amount });
  await say(context, page.text, page.buttons);
  return true;
}

function surePage(
  context: BotContext,
  { id, customer, gateway }: PaymentSummary,
  { question, amount }: { readonly question: string; readonly amount: Money },
): Page {
  const { refund, gateway: gateways } = context.texts.payments;
  const shown = moneyIn(context.language, amount);
  const text = refund.surePart(shown, customer.name, gateways.name(gateway));
  const data = refundPartButton.data({ id, question, minor: amount.minor });
  const back = paymentButton.data({ id, place: "here" });
  return withBack(context, { text, buttons: [[{ text: refund.yes, data }]] }, back);
}

async function findRefundable(
  { payments, timelines }: BotPorts,
  id: PaymentId,
): Promise<Refundable | undefined> {
  const payment = await orUnavailable(payments.find(id));
  const timeline = payment && (await orUnavailable(timelines.read(payment.id)));
  const refundable = timeline && refundableOf(timeline.charges);
  return payment && refundable && { payment, left: refundable.left };
}
