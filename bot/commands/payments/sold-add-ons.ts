import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { isUsedUp, lowLeft } from "../../../domain/access/allowance.ts";
import { addOnButton } from "../../../domain/messaging/buttons.ts";
import { type AddOnOffer, offerAddOn } from "../../../domain/payments/add-on.ts";
import type { AddOn } from "../../../domain/payments/payment.ts";
import { type PricedMethod, waysToPay } from "../../../domain/payments/plan-offers.ts";
import { instant } from "../../../domain/time.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import type { Buttons } from "../../request.ts";

/** An add-on that a customer can buy now, with at least one way to pay it. */
export interface SoldAddOn {
  readonly offer: AddOnOffer;
  readonly methods: readonly PricedMethod[];
}

/** The add-on of this kind that this person can buy and pay for now; undefined: none. */
export async function findSold(
  context: BotContext,
  { plans, customers }: BotPorts,
  kind: AddOn["kind"],
): Promise<SoldAddOn | undefined> {
  const { customer, shop } = context;
  const subscription = await findChosen(context, { customers });
  if (customer === undefined || subscription === undefined) return undefined;
  const now = instant(new Date());
  const facts = await orUnavailable(plans.findAddOnFacts(subscription.id, now));
  const offer = facts && offerAddOn(kind, facts, now);
  if (offer === undefined) return undefined;
  const [gateways, balances] = await orUnavailable(
    Promise.all([plans.listPaymentMethods(), plans.listBalances(customer.id)]),
  );
  const methods = waysToPay(offer, { gateways, balances, order: shop });
  return methods.length === 0 ? undefined : { offer, methods };
}

/** The way to more of this kind, where it is sold. */
export async function offerMore(
  context: BotContext,
  ports: BotPorts,
  kind: AddOn["kind"],
): Promise<Buttons> {
  if ((await findSold(context, ports, kind)) === undefined) return [];
  const { moreDevices, moreTraffic } = context.texts.messaging.menu;
  const text = kind === "device" ? moreDevices : moreTraffic;
  return [[{ text, data: addOnButton.data({ kind }) }]];
}

/** Little or nothing is left. */
export const isLow = ({ usedBytes, limitBytes }: TrafficUse): boolean =>
  isUsedUp({ limitBytes, baseBytes: 0 }, usedBytes) ||
  lowLeft({ limitBytes, baseBytes: 0 }, usedBytes) !== undefined;
