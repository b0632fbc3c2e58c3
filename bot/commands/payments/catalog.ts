import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { pausedBy } from "../../../domain/access/device-rights.ts";
import type { CustomerId } from "../../../domain/ids.ts";
import type { Money } from "../../../domain/money.ts";
import { offerPlans, type PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { Plan } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import { findChosen, listOwn } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { findCurrentPlan, nothingYet } from "../people/current-plan.ts";

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
  { plans, customers }: BotPorts,
): Promise<Catalog | undefined> {
  const { customer } = context;
  const had = await findCurrentPlan(context, { plans, customers });
  // Whoever begins another subscription has to have one that counts.
  const isNew = context.chosen === "new" && customer?.status === "active";
  const has = isNew ? await nothingBeside(context, customers) : had;
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

/** What a new subscription has; undefined: this person may not begin one. */
async function nothingBeside(context: BotContext, customers: BotPorts["customers"]) {
  const own = await listOwn(context, { customers });
  return own.some(({ isRevoked }) => !isRevoked) ? nothingYet : undefined;
}

/** The names of those devices that paying for this plan would pause. */
export async function findPausedBy(
  context: BotContext,
  { customers, devices }: BotPorts,
  { deviceLimit }: Plan,
): Promise<readonly string[]> {
  const now = instant(new Date());
  const subscription = await findChosen(context, { customers });
  if (subscription === undefined || context.chosen === "new") return [];
  const held = await orUnavailable(devices.list(subscription.id, now));
  const to = { deviceLimit, extraUntils: subscription.extraDevices };
  return pausedBy(held, to, now).map(({ name }) => name);
}
