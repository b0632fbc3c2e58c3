import type { TrafficUse } from "../../../db/queries/people/customers.ts";
import { isUsedUp, lowLeft } from "../../../domain/access/allowance.ts";
import { addOnButton } from "../../../domain/messaging/buttons.ts";
import { type AddOnOffer, offerAddOn } from "../../../domain/payments/add-on.ts";
import type { AddOn } from "../../../domain/payments/payment.ts";
import { type PricedMethod, waysToPay } from "../../../domain/payments/plan-offers.ts";
import { instant } from "../../../domain/time.ts";
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
  { customer, telegramId, shop }: BotContext,
  { plans }: BotPorts,
  kind: AddOn["kind"],
): Promise<SoldAddOn | undefined> {
  if (customer === undefined) return undefined;
  const now = instant(new Date());
  const facts = await orUnavailable(plans.findAddOnFacts(telegramId, now));
  const offer = facts && offerAddOn(kind, facts, now);
  if (offer === undefined) return undefined;
  const [gateways, balances] = await orUnavailable(
    Promise.all([plans.listPaymentMethods(), plans.listBalances(customer.id)]),
  );
  const methods = waysToPay(offer, { gateways, balances, order: shop });
  return methods.length === 0 ? undefined : { offer, methods };
}

/** At the limit, the way to one more place where it is sold. */
export async function offerPlace(context: BotContext, ports: BotPorts): Promise<Buttons> {
  const sold = await findSold(context, ports, "device");
  const { moreDevices } = context.texts.messaging.menu;
  return sold === undefined
    ? []
    : [[{ text: moreDevices, data: addOnButton.data({ kind: "device" }) }]];
}

/** Little or nothing is left. */
export const isLow = ({ usedBytes, limitBytes }: TrafficUse): boolean =>
  isUsedUp({ limitBytes, baseBytes: 0 }, usedBytes) ||
  lowLeft({ limitBytes, baseBytes: 0 }, usedBytes) !== undefined;

/** The way to more traffic where it is sold. */
export async function offerTraffic(context: BotContext, ports: BotPorts): Promise<Buttons> {
  const sold = await findSold(context, ports, "traffic");
  const { moreTraffic } = context.texts.messaging.menu;
  return sold === undefined
    ? []
    : [[{ text: moreTraffic, data: addOnButton.data({ kind: "traffic" }) }]];
}
