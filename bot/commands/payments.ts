import type { Composer } from "telegraf";
import { v5 } from "uuid";
import type { PaymentSeen } from "../../db/readers/payments-seen.ts";
import { asPaymentId, type PaymentId } from "../../domain/payment.ts";
import { moneyIn } from "../../texts/money.ts";
import type { BotContext, BotPorts } from "../context.ts";
import { answerPress, type Buttons, requestIdOf, say } from "../request.ts";
import { reading } from "../unavailable.ts";
import { fitted, mostCharacters } from "./fitted.ts";
import { amountsIn, paymentLine } from "./payment-lines.ts";

/** /payments and /balance: what a customer has paid, has to pay and has with us. */
export function addPayments(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("payments", async (context) => {
    context.handler = "payments";
    const { texts, telegramId } = context;
    const mine = await reading(ports.payments.of([telegramId]));
    if (mine.length === 0) return say(context, texts.paymentsNone);
    const lines = mine.map((payment) => paymentLine(context, payment));
    const shown = fitted(lines, mostCharacters - texts.paymentsTitle.length);
    const open = mine.filter(({ state }) => state === "open");
    await say(context, [texts.paymentsTitle, ...shown].join("\n"), openButtons(context, open));
  });
  bot.command("balance", async (context) => {
    context.handler = "balance";
    const { texts, customer } = context;
    if (customer === undefined) return say(context, texts.pressStart);
    const balances = await reading(ports.plans.balances(customer.id));
    if (balances.length === 0) return say(context, texts.balanceNone);
    const amounts = amountsIn(context, balances);
    await say(context, `${texts.balanceTitle}: ${amounts}\n${texts.balanceUse}`);
  });
  addOpenOrders(bot, ports);
}

/** Both buttons are the customer's own: an order of somebody else is none at all. */
function addOpenOrders(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.action(/^cancel-payment:([0-9a-f-]{36})$/u, async (context) => {
    context.handler = "cancel-payment";
    const mine = await openOrder(context, ports, context.match[1]);
    const { cancelTold, paymentOver } = context.texts;
    if (mine === undefined) return answerPress(context, paymentOver, true);
    const taken = await ports.doors.payments.cancelled(mine.id);
    await answerPress(context, taken === "taken" ? cancelTold : paymentOver, true);
  });
  bot.action(/^show-payment:([0-9a-f-]{36})$/u, async (context) => {
    context.handler = "show-payment";
    const mine = await openOrder(context, ports, context.match[1]);
    const { customer, telegramId } = context;
    if (mine === undefined || customer === undefined) {
      return answerPress(context, context.texts.paymentOver, true);
    }
    // Whoever buys what is open already is shown it: the books answer so.
    const { terms, gateway, price } = mine;
    const again = v5(requestIdOf(context), mine.id) as PaymentId;
    const { code: plan, version: planVersion } = terms;
    const { currency } = price;
    const purchase = { telegramId, plan, planVersion, gateway, currency };
    await ports.doors.payments.bought(again, purchase, customer.id);
    await answerPress(context, context.texts.working);
  });
}

async function openOrder(
  { telegramId }: BotContext,
  { payments }: BotPorts,
  text: string | undefined,
): Promise<PaymentSeen | undefined> {
  const id = asPaymentId(text ?? "");
  const found = id && (await reading(payments.find(id)));
  const isMine = found?.customer.telegramId === telegramId && found.state === "open";
  return isMine ? found : undefined;
}

function openButtons({ texts, language }: BotContext, open: readonly PaymentSeen[]): Buttons {
  return open.map(({ id, planNames, price }) => [
    {
      text: texts.showInvoice(planNames[language], moneyIn(language, price)),
      data: `show-payment:${id}`,
    },
    { text: texts.cancelPayment, data: `cancel-payment:${id}` },
  ]);
}
