import type { Composer } from "telegraf";
import { startPurchase } from "../../../client/payments.ts";
import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { paymentIdOf } from "../../../domain/derived-ids.ts";
import type { CustomerId } from "../../../domain/ids.ts";
import { currencies } from "../../../domain/money.ts";
import { balanceGateway, type GatewayName, type Purchase } from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, pressedMessage, say, show } from "../../request.ts";
import { type Offer, offersOf, planPage, plansPage } from "./plan-pages.ts";

/** /plans: what can be bought, what it does to the time that is left, and the order itself. */
export function addPlans(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("plans", async (context) => {
    context.handler = "plans";
    const shop = await enter(context, ports);
    if (typeof shop === "string") return say(context, shop);
    const page = plansPage(context, shop.offers);
    await say(context, page.text, page.buttons);
  });
  bot.action(/^plans(?::(\d{1,4}))?$/u, async (context) => {
    context.handler = "plans";
    const shop = await enter(context, ports);
    answerPress(context);
    if (typeof shop === "string") return show(context, shop);
    const page = plansPage(context, shop.offers, Number(context.match[1] ?? 1));
    await show(context, page.text, page.buttons);
  });
  bot.action(/^plan:([a-z0-9-]{1,16})$/u, async (context) => {
    context.handler = "plan";
    const shop = await enter(context, ports);
    if (typeof shop === "string") return answerPress(context, shop, true);
    const offer = shop.offers.find(({ plan }) => plan.code === context.match[1]);
    if (offer === undefined) {
      return answerPress(context, context.texts.payments.notOpened.notForSale, true);
    }
    const page = planPage(context, offer, { current: shop.current, now: instant(new Date()) });
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  addBuying(bot, ports);
}

/** Whether the plan, its version and its gateway may be bought, the payment itself looks at. */
function addBuying(bot: Composer<BotContext>, ports: BotPorts): void {
  const pressed = /^buy:([a-z0-9-]{1,16}):(\d{1,9}):([a-z0-9-]{1,16}):([A-Z]{3,4})$/u;
  bot.action(pressed, async (context) => {
    context.handler = "buy";
    const { texts, telegramId } = context;
    const [, plan = "", version = "", gateway = "", code = ""] = context.match;
    const shop = await enter(context, ports);
    if (typeof shop === "string") return answerPress(context, shop, true);
    const currency = currencies.find((known) => known === code);
    if (currency === undefined)
      return answerPress(context, texts.payments.notOpened.notForSale, true);
    const purchase: Purchase = {
      telegramId,
      plan: plan as PlanCode,
      planVersion: Number(version),
      gateway: gateway as GatewayName,
      currency,
    };
    const id = paymentIdOf(telegramId, pressedMessage(context), purchase);
    const made = await orUnavailable(ports.payments.find(id));
    // Temporal may have forgotten an order that is over; the books have not.
    if (made !== undefined && made.state !== "open") {
      return answerPress(context, texts.payments.purchase.alreadyOrdered, true);
    }
    if (purchase.gateway === balanceGateway && !isCovered(purchase, shop.offers)) {
      // This very order may be what has used the balance up.
      return answerPress(
        context,
        made ? texts.payments.purchase.alreadyOrdered : texts.payments.purchase.balanceTooSmall,
        true,
      );
    }
    const started = await startPurchase(ports.client, id, purchase, shop.customerId);
    if (started === "taken") return answerPress(context, texts.messaging.answer.working);
    answerPress(context, texts.payments.purchase.alreadyOrdered, true);
  });
}

const isCovered = ({ plan: code, currency }: Purchase, offers: readonly Offer[]): boolean =>
  offers.some(({ plan, ways }) => {
    const isOffered = ways.some(({ gateway, price }) => {
      return gateway === balanceGateway && price.currency === currency;
    });
    return plan.code === code && isOffered;
  });

interface Shop {
  readonly customerId: CustomerId;
  readonly current: CurrentPlan;
  readonly offers: readonly Offer[];
}

/** The shop as this person finds it, or why it is closed to them. */
async function enter(context: BotContext, { plans }: BotPorts): Promise<Shop | string> {
  const { texts, customer, telegramId } = context;
  const now = instant(new Date());
  const has = customer && (await orUnavailable(plans.currentOf(telegramId, now)));
  if (customer === undefined || has === undefined) return texts.payments.plan.forCustomers;
  if (has.state === "revoked") return texts.payments.plan.accessEnded;
  const [offered, gateways, balances] = await orUnavailable(
    Promise.all([plans.listOffered(has.code), plans.paymentMethods(), plans.balances(customer.id)]),
  );
  return { customerId: customer.id, current: has, offers: offersOf(offered, gateways, balances) };
}
