import type { Composer } from "telegraf";
import { paymentButton } from "../../../domain/messaging/buttons.ts";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { asPaymentId, type PaymentId } from "../../../domain/payments/payment.ts";
import { refundableOf } from "../../../domain/payments/refund.ts";
import { readTransactionHash } from "../../../domain/payments/transaction.ts";
import { moneyIn } from "../../../texts/money.ts";
import { bookTransactionButton, refundSentButton } from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, requestIdOf, say, show } from "../../request.ts";
import { type Page, sayToStaff, withBack } from "../paging.ts";
import { onAdminButton } from "../register.ts";
import { requestRefund, startedPage } from "./refunds.ts";

/** What an admin is asked about: the refund, and the hash once they have sent one. */
interface Subject {
  readonly question: string;
  readonly id: PaymentId;
  readonly hash?: string | undefined;
}

/**
 * Refunds that an admin sends by hand: they send the transaction's hash, see what will be booked,
 * and press once more.
 */
export function addRefundsByHand(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminButton(bot, refundSentButton, "refund-sent", async (context, { id, question }) => {
    if (id === undefined) return answerPress(context, context.texts.payments.order.closed);
    answerPress(context);
    await askHash(context, ports, { id, question });
  });
  onAdminButton(bot, bookTransactionButton, "refund-book", async (context, { id, question }) => {
    const { texts, telegramId } = context;
    const payment = id && (await orUnavailable(ports.payments.find(id)));
    if (payment === undefined)
      return answerPress(context, texts.payments.refundNotOpened.noPayment, true);
    const requestId = refundRequestId(question, payment.id);
    const asked = subjectIn(await ports.dialogues.find(telegramId, "transaction"));
    const isSame = asked !== undefined && asked.id === id && asked.question === question;
    const hash = isSame ? asked.hash : undefined;
    if (hash === undefined) {
      if (await orUnavailable(ports.payments.isRefundKnown(requestId))) {
        return answerPress(context, texts.payments.refundNotOpened.underWay, true);
      }
      answerPress(context);
      return askHash(context, ports, { id: payment.id, question });
    }
    const reason = texts.payments.refund.defaultReason;
    const command = { requestId, transaction: hash, reason };
    const started = await requestRefund(context, ports, { payment, ...command });
    await ports.dialogues.leave(telegramId);
    answerPress(context);
    const page = startedPage(context, payment, started);
    await show(context, page.text, page.buttons);
  });
}

async function askHash(
  context: BotContext,
  { dialogues }: DialoguePorts,
  { id, question }: Subject,
): Promise<void> {
  const { refund } = context.texts.payments;
  await dialogues.open(context.telegramId, "transaction", `${question} ${id}`);
  const back = paymentButton.data({ id, place: "here" });
  const { text, buttons } = withBack(context, { text: refund.hashNext, buttons: [] }, back);
  await show(context, text, buttons);
  await ask(context, refund.askTransaction, refund.transactionField);
}

/**
 * Takes the transaction of a refund by hand and shows what it would book; false where this admin was
 * not asked for one.
 */
export async function takeTransaction(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { refund, refundNotOpened } = context.texts.payments;
  if (!may(context, "refund")) return false;
  const { telegramId } = context;
  const requestId = requestIdOf(context);
  const claimed = await ports.dialogues.claim(telegramId, "transaction", requestId);
  const subject = subjectIn(claimed);
  if (claimed === undefined) return false;
  context.handler = "refund-sent";
  const payment = subject && (await orUnavailable(ports.payments.find(subject.id)));
  const refundable =
    payment && refundableOf((await orUnavailable(ports.timelines.read(payment.id))).charges);
  if (payment === undefined || refundable === undefined) {
    await sayToStaff(context, refundNotOpened.noPayment);
    return true;
  }
  const { question, id } = subject!;
  const hash = readTransactionHash(text);
  await ports.dialogues.open(telegramId, "transaction", [question, id, hash ?? ""].join(" "));
  if (hash === undefined) {
    await ask(context, refund.badTransaction, refund.transactionField);
    return true;
  }
  const amount = moneyIn(context.language, refundable.left);
  const page = bookPage(context, { question, id, hash }, { amount, name: payment.customer.name });
  await say(context, page.text, page.buttons);
  return true;
}

function bookPage(
  context: BotContext,
  { question, id, hash = "" }: Subject,
  { amount, name }: { readonly amount: string; readonly name: string },
): Page {
  const { refund } = context.texts.payments;
  const book = { text: refund.book, data: bookTransactionButton.data({ id, question }) };
  const page = { text: refund.sureBook(amount, name, hash), buttons: [[book]] };
  return withBack(context, page, paymentButton.data({ id, place: "here" }));
}

function subjectIn(text: string | undefined): Subject | undefined {
  const [question = "", number = "", hash = ""] = text?.split(" ") ?? [];
  const id = asPaymentId(number);
  return id && { question, id, hash: hash === "" ? undefined : hash };
}
