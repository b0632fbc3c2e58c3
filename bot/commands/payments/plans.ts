import type { Composer } from "telegraf";
import { startPurchase } from "../../../client/payments.ts";
import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { paymentIdOf } from "../../../domain/derived-ids.ts";
import type { CustomerId } from "../../../domain/ids.ts";
import { plansButton } from "../../../domain/messaging/buttons.ts";
import { currencies } from "../../../domain/money.ts";
import { balanceGateway, type Purchase } from "../../../domain/payments/payment.ts";
import { offerPlans, type PlanOffer } from "../../../domain/payments/plan-offers.ts";
import { instant } from "../../../domain/time.ts";
import { buyButton, planButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, pressedMessage, pressedMessageId, show } from "../../request.ts";
import { withBack } from "../paging.ts";
import { onButton, onList } from "../register.ts";
import { planPage, plansPage } from "./plan-pages.ts";

/** /plans: the offers, what each does to the time that is left, and the order. */
export function addPlans(bot: Composer<BotContext>, ports: BotPorts): void {
  onList(bot, "plans", plansButton, async (context, number) => {
    const catalog = await openCatalog(context, ports);
    if ("problem" in catalog) return withBack(context, { text: catalog.problem, buttons: [] });
    return plansPage(context, catalog.offers, number);
  });
  onButton(bot, planButton, "plan", async (context, { code, sure }) => {
    const catalog = await openCatalog(context, ports);
    if ("problem" in catalog) return answerPress(context, catalog.problem);
    const offer = catalog.offers.find(({ plan }) => plan.code === code);
    if (offer === undefined) {
      return answerPress(context, context.texts.payments.notOpened.notForSale);
    }
    const page = planPage(context, offer, {
      current: catalog.current,
      now: instant(new Date()),
      isSure: sure === "sure",
    });
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  addBuying(bot, ports);
}

/** The payment itself checks whether the plan, its version and its gateway may be bought. */
function addBuying(bot: Composer<BotContext>, ports: BotPorts): void {
  onButton(
    bot,
    buyButton,
    "buy",
    async (context, { plan, version, gateway, currency: code, mark }) => {
      const { texts, telegramId } = context;
      const catalog = await openCatalog(context, ports);
      if ("problem" in catalog) return answerPress(context, catalog.problem);
      const currency = currencies.find((known) => known === code);
      if (currency === undefined) return answerPress(context, texts.payments.notOpened.notForSale);
      const shownIn = pressedMessageId(context);
      const purchase: Purchase = {
        telegramId,
        plan,
        planVersion: version,
        gateway,
        currency,
        ...(shownIn === undefined ? {} : { shownIn }),
      };
      const pressed = [pressedMessage(context), ...(mark ? [mark] : [])].join("/");
      const id = paymentIdOf(telegramId, pressed, purchase);
      const made = await orUnavailable(ports.payments.find(id));
      // Temporal may have deleted the run of a closed order; the database still has it.
      if (made !== undefined && made.state !== "open") {
        return answerPress(context, texts.payments.purchase.alreadyOrdered);
      }
      if (purchase.gateway === balanceGateway && !isCovered(purchase, catalog.offers)) {
        // This order itself may have used up the balance.
        return answerPress(
          context,
          made ? texts.payments.purchase.alreadyOrdered : texts.payments.purchase.balanceTooSmall,
        );
      }
      const { customerId, offers } = catalog;
      const price = priceOf(purchase, offers);
      const started = await startPurchase(ports.client, id, purchase, { customerId, price });
      if (started === "taken") return answerPress(context, texts.messaging.answer.working);
      answerPress(context, texts.payments.purchase.alreadyOrdered);
    },
  );
}

/** The price that this person was shown. */
const priceOf = ({ plan: code, currency }: Purchase, offers: readonly PlanOffer[]) =>
  offers
    .find(({ plan }) => plan.code === code)
    ?.methods.find(({ price }) => price.currency === currency)?.price;

const isCovered = ({ plan: code, currency }: Purchase, offers: readonly PlanOffer[]): boolean =>
  offers.some(({ plan, methods }) => {
    const isOffered = methods.some(({ gateway, price }) => {
      return gateway === balanceGateway && price.currency === currency;
    });
    return plan.code === code && isOffered;
  });

interface Catalog {
  readonly customerId: CustomerId;
  readonly current: CurrentPlan;
  readonly offers: readonly PlanOffer[];
}

/** What this person can buy, or in their language why they cannot buy anything. */
async function openCatalog(
  context: BotContext,
  { plans }: BotPorts,
): Promise<Catalog | { readonly problem: string }> {
  const { texts, customer, telegramId } = context;
  const now = instant(new Date());
  const has = customer && (await orUnavailable(plans.findCurrent(telegramId, now)));
  if (customer === undefined || has === undefined)
    return { problem: texts.payments.plan.forCustomers };
  if (has.state === "revoked") return { problem: texts.payments.plan.accessEnded };
  const [offered, gateways, balances] = await orUnavailable(
    Promise.all([
      plans.listOffered(has.code),
      plans.listPaymentMethods(),
      plans.listBalances(customer.id),
    ]),
  );
  const offers = offerPlans(offered, gateways, balances, context.shop.currencies);
  return { customerId: customer.id, current: has, offers };
}
