import type { Composer } from "telegraf";
import { cancelPayment, startPurchase } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { repeatedPaymentId } from "../../../domain/derived-ids.ts";
import { asPaymentId } from "../../../domain/payments/payment.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, type Buttons, requestIdOf, say, show } from "../../request.ts";
import { mostListed, type Page, pageOf } from "../paging.ts";
import { balanceIn, paymentLine } from "./payment-lines.ts";

/** /payments and /balance: what a customer has paid, has to pay and has with us. */
export function addPayments(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("payments", async (context) => {
    context.handler = "payments";
    const page = await paymentsPage(context, ports, 1);
    await say(context, page.text, page.buttons);
  });
  bot.action(/^payments:(\d{1,4})$/u, async (context) => {
    context.handler = "payments";
    const page = await paymentsPage(context, ports, Number(context.match[1]));
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  bot.command("balance", async (context) => {
    context.handler = "balance";
    const { texts, customer } = context;
    if (customer === undefined) return say(context, texts.messaging.answer.pressStart);
    const { has, owes } = balanceIn(
      context,
      await orUnavailable(ports.plans.balances(customer.id)),
    );
    const lines = [
      ...(has ? [`${texts.payments.balance.title}: ${has}\n${texts.payments.balance.use}`] : []),
      ...(owes ? [texts.payments.balance.owed(owes)] : []),
    ];
    await say(context, lines.join("\n") || texts.payments.balance.none);
  });
  addOpenOrders(bot, ports);
}

async function paymentsPage(context: BotContext, ports: BotPorts, number: number): Promise<Page> {
  const { texts, telegramId } = context;
  const mine = await orUnavailable(ports.payments.of([telegramId], mostListed));
  if (mine.length === 0) return { text: texts.payments.order.none, buttons: [] };
  const list = {
    head: texts.payments.order.listTitle,
    entries: mine.map((payment) => ({
      line: paymentLine(context, payment),
      buttons: payment.state === "open" ? openButtons(context, payment) : [],
    })),
    perPage: 10,
    name: "payments",
  };
  return pageOf(list, number);
}

/** Both buttons are the customer's own: an order of somebody else is none at all. */
function addOpenOrders(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^cancel-payment:([0-9a-f-]{36})$/u, async (context) => {
    context.handler = "cancel-payment";
    const mine = await openOrder(context, ports, context.match[1]);
    const { order } = context.texts.payments;
    if (mine === undefined) return answerPress(context, order.closed, true);
    const taken = await cancelPayment(ports.client, mine.id);
    answerPress(context, taken === "taken" ? order.cancelled : order.closed, true);
  });
  bot.action(/^show-payment:([0-9a-f-]{36})$/u, async (context) => {
    context.handler = "show-payment";
    const mine = await openOrder(context, ports, context.match[1]);
    const { customer, telegramId } = context;
    if (mine === undefined || customer === undefined) {
      return answerPress(context, context.texts.payments.order.closed, true);
    }
    // Whoever buys what is open already is shown it: the books answer so.
    const { terms, gateway, price } = mine;
    const again = repeatedPaymentId(requestIdOf(context), mine.id);
    const { code: plan, version: planVersion } = terms;
    const { currency } = price;
    const purchase = { telegramId, plan, planVersion, gateway, currency };
    const started = await startPurchase(ports.client, again, purchase, customer.id);
    const { messaging, payments } = context.texts;
    const isTaken = started === "taken";
    answerPress(context, isTaken ? messaging.answer.working : payments.purchase.alreadyOrdered);
  });
}

async function openOrder(
  { telegramId }: BotContext,
  { payments }: BotPorts,
  text: string | undefined,
): Promise<PaymentSummary | undefined> {
  const id = asPaymentId(text ?? "");
  const found = id && (await orUnavailable(payments.find(id)));
  const isMine = found?.customer.telegramId === telegramId && found.state === "open";
  return isMine ? found : undefined;
}

function openButtons(
  { texts, language }: BotContext,
  { id, planNames, price }: PaymentSummary,
): Buttons {
  const again = texts.payments.order.showInvoice(planNames[language], moneyIn(language, price));
  return [
    [
      { text: again, data: `show-payment:${id}` },
      { text: texts.payments.invoice.cancel, data: `cancel-payment:${id}` },
    ],
  ];
}
