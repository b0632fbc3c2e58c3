import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { instant } from "../../../domain/time.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import type { Buttons } from "../../request.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { offerMore } from "../payments/sold-add-ons.ts";

/** A customer's access as the pages about it show it. */
export interface Owned {
  readonly subscription: SubscriptionSummary;
  readonly current: CurrentPlan;
  readonly devices: readonly DeviceDetails[];
  /** The way to more traffic, where that is used up and sold. */
  readonly more: Buttons;
}

/** Whether its key is a link: a panel's users have no addresses. */
export const isOnPanel = ({ place }: DeviceDetails): boolean =>
  place !== undefined && place.address === undefined;

/** The sender's access; undefined: they are not a customer, which their home screen explains. */
export async function findOwned(context: BotContext, ports: BotPorts): Promise<Owned | undefined> {
  const current = await findCurrentPlan(context, ports);
  if (current === undefined) return undefined;
  const subscription = await findChosen(context, ports);
  if (subscription === undefined) return undefined;
  const devices = await orUnavailable(ports.devices.list(subscription.id, instant(new Date())));
  const isUsedUp = current.state === "exhausted";
  const more = isUsedUp ? await offerMore(context, ports, "traffic") : [];
  return { subscription, current, devices, more };
}
