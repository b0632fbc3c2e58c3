import type { Composer } from "telegraf";
import { topUpButton } from "../../../domain/messaging/buttons.ts";
import { currencies, type Currency, money } from "../../../domain/money.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import { readAmount } from "../../../domain/payments/written-amount.ts";
import { moneyIn } from "../../../texts/money.ts";
import { askTopUpButton, payTopUpButton, topUpAmountButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, requestIdOf, say } from "../../request.ts";
import { withBack } from "../paging.ts";
import { onButton, onPageButton } from "../register.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { openHome, showHome } from "../people/home.ts";
import { openCatalog } from "./catalog.ts";
import { placeOrder } from "./ordering.ts";
import { topUpCurrencies, topUpMethodsPage, topUpPage, topUpProblem } from "./top-up-pages.ts";

/** The pages on which a customer tops up their balance, and the order. */
export function addTopUps(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onPageButton(bot, topUpButton, "top-up", async (context, { currency }) => {
    const catalog = await openCatalog(context, ports);
    if (catalog === undefined) return openHome(context, ports);
    return topUpPage(context, topUpCurrencies(context, await listMethods(ports)), currency);
  });
  onPageButton(bot, topUpAmountButton, "top-up-amount", async (context, { currency, minor }) => {
    if ((await findCurrentPlan(context, ports)) === undefined) return openHome(context, ports);
    const amount = amountOf(currency, minor);
    const problem = topUpProblem(context, currency, amount);
    const back = topUpButton.data({ currency });
    if (amount === undefined || problem !== undefined) {
      return withBack(context, { text: problem ?? "", buttons: [] }, back);
    }
    return topUpMethodsPage(context, amount, await listMethods(ports));
  });
  onButton(bot, askTopUpButton, "top-up-ask", async (context, { currency }) => {
    if ((await findCurrentPlan(context, ports)) === undefined) return showHome(context, ports);
    const rule = context.shop.topUps[currency];
    const { topUp } = context.texts.payments;
    if (rule === undefined) return answerPress(context, topUp.off, true);
    answerPress(context);
    await ports.dialogues.open(context.telegramId, "topUp", currency);
    const [least, most] = [rule.least, rule.most].map((minor) =>
      moneyIn(context.language, money(minor, currency)),
    );
    await ask(context, topUp.ask(least ?? "", most ?? ""), topUp.field);
  });
  onButton(bot, payTopUpButton, "top-up-pay", (context, chosen) => order(context, ports, chosen));
}

const listMethods = ({ plans }: BotPorts) => orUnavailable(plans.listPaymentMethods());

/** Undefined where no amount can be this. */
const amountOf = (currency: Currency, minor: number) =>
  currencies.includes(currency) && Number.isSafeInteger(minor) ? money(minor, currency) : undefined;

interface Chosen {
  readonly gateway: GatewayName;
  readonly currency: Currency;
  readonly minor: number;
  readonly mark: string;
}

/** The payment itself checks amount and gateway. */
async function order(context: BotContext, ports: BotPorts, chosen: Chosen): Promise<void> {
  const { gateway, currency, minor, mark } = chosen;
  const catalog = await openCatalog(context, ports);
  if (catalog === undefined) return showHome(context, ports);
  const price = amountOf(currency, minor);
  if (price === undefined)
    return answerPress(context, context.texts.payments.notOpened.wrongAmount);
  const choice = { extra: { kind: "topUp" }, minor } as const;
  const { customerId } = catalog;
  await placeOrder(context, ports, { choice, gateway, currency, mark, customerId, price });
}

/** The amount that a customer typed; false where they were not asked for one. */
export async function takeTopUp(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { telegramId } = context;
  const asked = await ports.dialogues.find(telegramId, "topUp");
  const currency = currencies.find((one) => one === asked);
  if (currency === undefined) return false;
  const amount = readAmount(text, currency, context.language);
  const problem = topUpProblem(context, currency, amount);
  if (amount === undefined || problem !== undefined) {
    context.handler = "top-up-amount";
    await ask(context, problem ?? "", context.texts.payments.topUp.field);
    return true;
  }
  const requestId = requestIdOf(context);
  if ((await ports.dialogues.claim(telegramId, "topUp", requestId)) === undefined) return false;
  context.handler = "top-up-amount";
  const page = topUpMethodsPage(context, amount, await listMethods(ports));
  await say(context, page.text, page.buttons);
  return true;
}
