import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { pausedBy } from "../../../domain/access/device-rights.ts";
import type { CustomerId } from "../../../domain/ids.ts";
import type { Money } from "../../../domain/money.ts";
import { offerPlans, type PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { Plan } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { findCurrentPlan } from "../people/current-plan.ts";

/** What a customer can buy, and what they have. */
export interface Catalog {
  readonly customerId: CustomerId;
  readonly current: CurrentPlan;
  readonly offers: readonly PlanOffer[];
  /** The plans for sale, also those that cannot be paid now. */
  readonly offered: readonly Plan[];
  readonly balances: readonly Money[];
}

/**
 * What this person can buy. Undefined: they are not a customer, yet or any more; their home
 * screen says which of it.
 */
export async function openCatalog(
  context: BotContext,
  { plans }: BotPorts,
): Promise<Catalog | undefined> {
  const { customer } = context;
  const has = await findCurrentPlan(context, { plans });
  if (customer === undefined || has === undefined) return undefined;
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

/** The names of those devices that paying for this plan would pause. */
export async function findPausedBy(
  { telegramId }: BotContext,
  { customers, devices }: BotPorts,
  { deviceLimit }: Plan,
): Promise<readonly string[]> {
  const now = instant(new Date());
  const subscription = await orUnavailable(customers.findSubscription(telegramId, now));
  if (subscription === undefined) return [];
  const held = await orUnavailable(devices.list(subscription.id, now));
  const to = { deviceLimit, extraUntils: subscription.extraDevices };
  return pausedBy(held, to, now).map(({ name }) => name);
}
