import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { CustomerId } from "../../../domain/ids.ts";
import type { Money } from "../../../domain/money.ts";
import { offerPlans, type PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { Plan } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";

/** What a customer can buy, and what they have. */
export interface Catalog {
  readonly customerId: CustomerId;
  readonly current: CurrentPlan;
  readonly offers: readonly PlanOffer[];
  /** The plans for sale, also those that cannot be paid now. */
  readonly offered: readonly Plan[];
  readonly balances: readonly Money[];
}

/** What this person can buy, or in their language why they cannot buy anything. */
export async function openCatalog(
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
  const offers = offerPlans(offered, gateways, balances, context.shop);
  return { customerId: customer.id, current: has, offers, offered, balances };
}
