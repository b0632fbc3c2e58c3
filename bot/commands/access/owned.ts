import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import type { Buttons } from "../../request.ts";
import { offerMore } from "../payments/sold-add-ons.ts";

/** A customer's access as the pages about it show it. */
export interface Owned {
  readonly subscription: SubscriptionSummary;
  readonly current: CurrentPlan;
  readonly devices: readonly DeviceDetails[];
  /** The way to more traffic, where that is used up and sold. */
  readonly more: Buttons;
}

/**
 * The sender's access. Undefined where they are not a customer, yet or any more: they wait for an
 * approval, also again, or their access was closed. Their home screen says which of it.
 */
export async function findOwned(context: BotContext, ports: BotPorts): Promise<Owned | undefined> {
  const { customer, telegramId } = context;
  if (customer?.status !== "active") return undefined;
  const now = instant(new Date());
  const [subscription, current] = await orUnavailable(
    Promise.all([
      ports.customers.findSubscription(telegramId),
      ports.plans.findCurrent(telegramId, now),
    ]),
  );
  if (subscription === undefined || current === undefined) return undefined;
  if (current.state === "blocked" || current.state === "revoked") return undefined;
  const devices = await orUnavailable(ports.devices.list(subscription.id, now));
  const isUsedUp = current.state === "exhausted";
  const more = isUsedUp ? await offerMore(context, ports, "traffic") : [];
  return { subscription, current, devices, more };
}
