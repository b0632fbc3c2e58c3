import type { Composer } from "telegraf";
import { cancelPayment, showInvoice } from "../../../client/payments.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import {
  balanceButton,
  cancelPaymentButton,
  invoiceQrButton,
  paymentsButton,
  plansButton,
  renewalButton,
  topUpButton,
} from "../../../domain/messaging/buttons.ts";
import type { PaymentId } from "../../../domain/payments/payment.ts";
import { moneyIn } from "../../../texts/money.ts";
import { showPaymentButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, type Buttons, inPressed, requestIdOf, show } from "../../request.ts";
import { fitLabel } from "../fit-lines.ts";
import { mostListed, type Page, pageOf, withBack } from "../paging.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { openHome } from "../people/home.ts";
import { onButton, onList, onPage } from "../register.ts";
import { balanceIn, itemName, paymentLine } from "./payment-lines.ts";

/** /payments and /balance: what a customer has paid, still has to pay, and has on the balance. */
export function addPayments(bot: Composer<BotContext>, ports: BotPorts): void {
  onList(bot, "payments", paymentsButton, (context, number) =>
    openPaymentsPage(context, ports, number),
  );
  onPage(bot, "balance", balanceButton, (context) => openBalancePage(context, ports));
  addOpenOrders(bot, ports);
}

/** Whoever is not a customer, yet or any more, sees what money they have here; it buys nothing. */
async function openBalancePage(context: BotContext, ports: BotPorts): Promise<Page> {
  const { texts, customer, shop } = context;
  if (customer === undefined) return openHome(context, ports);
  const { has, owes } = balanceIn(
    context,
    await orUnavailable(ports.plans.listBalances(customer.id)),
  );
  const buys = (await findCurrentPlan(context, ports)) !== undefined;
  const { balance } = texts.payments;
  const lines = [
    ...(has ? [`${balance.title}: ${has}${buys ? `\n${balance.use}` : ""}`] : []),
    ...(owes ? [balance.owed(owes)] : []),
  ];
  if (lines.length === 0 && !buys) return openHome(context, ports);
  const canTopUp = buys && Object.keys(shop.topUps).length > 0;
  const { menu } = texts.messaging;
  const buttons = [
    ...(canTopUp ? [[{ text: menu.topUp, data: topUpButton.data({}) }]] : []),
    ...(buys ? [[{ text: menu.choosePlan, data: plansButton.data({}) }]] : []),
    [{ text: menu.payments, data: paymentsButton.data({ page: 1 }) }],
    ...(buys ? [[{ text: menu.renewal, data: renewalButton.data({}) }]] : []),
  ];
  return withBack(context, { text: lines.join("\n") || balance.none, buttons });
}

/** `cancelled`: an order whose cancelling has just begun, which is shown as it will be. */
async function openPaymentsPage(
  context: BotContext,
  ports: BotPorts,
  number: number,
  cancelled?: PaymentId,
): Promise<Page> {
  const { texts, telegramId } = context;
  const listed = await orUnavailable(ports.payments.list([telegramId], mostListed));
  const payments = listed.map((one): PaymentSummary =>
    one.id === cancelled && one.state === "open" ? { ...one, state: "cancelled" } : one,
  );
  const buys = (await findCurrentPlan(context, ports)) !== undefined;
  if (payments.length === 0) {
    if (!buys) return openHome(context, ports);
    const choose = { text: texts.messaging.menu.choosePlan, data: plansButton.data({}) };
    return withBack(context, { text: texts.payments.order.none, buttons: [[choose]] });
  }
  const renewal = { text: texts.messaging.menu.renewal, data: renewalButton.data({}) };
  const list = {
    head: texts.payments.order.listTitle,
    entries: payments.map((payment) => ({
      line: paymentLine(context, payment),
      buttons: payment.state === "open" ? openButtons(context, payment, { number, buys }) : [],
    })),
    perPage: 10,
    buttons: [
      [{ text: texts.messaging.menu.balance, data: balanceButton.data({}) }],
      ...(buys ? [[renewal]] : []),
    ],
    turnTo: (page: number) => paymentsButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

/** Both buttons work on the customer's own orders alone. */
function addOpenOrders(bot: Composer<BotContext>, ports: BotPorts): void {
  onButton(bot, cancelPaymentButton, "cancel-payment", async (context, { id, page: number }) => {
    const payment = await findOpenOrder(context, ports, id);
    const { order } = context.texts.payments;
    const result = payment && (await cancelPayment(ports.client, payment.id));
    const isTaken = result === "taken";
    // An invoice's own message follows by itself, the list does not.
    if (number === undefined) return answerPress(context, isTaken ? order.cancelled : order.closed);
    answerPress(context, isTaken ? order.cancelled : undefined);
    const page = await openPaymentsPage(context, ports, number, isTaken ? id : undefined);
    await show(context, page.text, page.buttons);
  });
  for (const [button, name, part] of [
    [showPaymentButton, "show-payment", "invoice"],
    [invoiceQrButton, "invoice-qr", "qr"],
  ] as const) {
    onButton(bot, button, name, async (context, { id }) => {
      const payment = await findOpenOrder(context, ports, id);
      if (payment === undefined) return answerPress(context, context.texts.payments.order.closed);
      await showInvoice(ports.client, payment.id, {
        requestId: requestIdOf(context),
        part,
        ...(part === "invoice" ? inPressed(context) : {}),
      });
      answerPress(context, context.texts.messaging.answer.working);
    });
  }
}

async function findOpenOrder(
  { telegramId }: BotContext,
  { payments }: BotPorts,
  id: PaymentId | undefined,
): Promise<PaymentSummary | undefined> {
  const found = id && (await orUnavailable(payments.find(id)));
  const isMine = found?.customer.telegramId === telegramId && found.state === "open";
  return isMine ? found : undefined;
}

/** Who may buy nothing can still cancel. */
function openButtons(
  context: BotContext,
  payment: PaymentSummary,
  { number, buys }: { readonly number: number; readonly buys: boolean },
): Buttons {
  const { texts, language } = context;
  const { id, price } = payment;
  const name = itemName(context, payment);
  const amount = moneyIn(language, price);
  const again = fitLabel(name, (short) => texts.payments.order.showInvoice(short, amount));
  return [
    [
      ...(buys ? [{ text: again, data: showPaymentButton.data({ id }) }] : []),
      { text: texts.payments.invoice.cancel, data: cancelPaymentButton.data({ id, page: number }) },
    ],
  ];
}
