import type { Composer } from "telegraf";
import { addOnButton } from "../../../domain/messaging/buttons.ts";
import { addOnPrice, sizeOf } from "../../../domain/payments/add-on.ts";
import { currencies } from "../../../domain/money.ts";
import { addOnKinds, type GatewayName } from "../../../domain/payments/payment.ts";
import { payAddOnButton } from "../../buttons.ts";
import { findChosen } from "../../chosen-subscription.ts";
import { type BotContext, type BotPorts, clockOf } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress } from "../../request.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { openHome } from "../people/home.ts";
import { onButton, onPageButton } from "../register.ts";
import { addOnLetters, addOnPage, noAddOnPage } from "./add-on-pages.ts";
import { placeOrder } from "./ordering.ts";
import { findSold } from "./sold-add-ons.ts";

/** The pages on which a customer adds traffic or a device to their plan, and the order. */
export function addAddOns(bot: Composer<BotContext>, ports: BotPorts): void {
  onPageButton(bot, addOnButton, "add-on", async (context, { kind }) => {
    const current = await findCurrentPlan(context, ports);
    const subscription = current && (await findChosen(context, ports));
    if (subscription === undefined) return openHome(context, ports);
    const sold = await findSold(context, ports, kind);
    if (sold === undefined) return noAddOnPage(context, kind);
    const clock = clockOf(context);
    const traffic = await orUnavailable(ports.customers.findTrafficUse(subscription.id, clock));
    return addOnPage(context, sold, { now: clock.now, traffic });
  });
  onButton(bot, payAddOnButton, "add-on-pay", (context, chosen) => order(context, ports, chosen));
}

interface Chosen {
  readonly kind: "d" | "t";
  readonly gateway: GatewayName;
  readonly currency: string;
  readonly version: number;
  readonly size: number;
  readonly mark: string;
}

/** Orders what was shown. The payment itself checks price, size and gateway once more. */
async function order(context: BotContext, ports: BotPorts, chosen: Chosen): Promise<void> {
  const { texts, customer } = context;
  const { notOpened } = texts.payments;
  const { gateway, version, mark } = chosen;
  const kind = addOnKinds.find((one) => addOnLetters[one] === chosen.kind) ?? "traffic";
  const currency = currencies.find((one) => one === chosen.currency);
  const sold = await findSold(context, ports, kind);
  if (customer === undefined || sold === undefined || currency === undefined) {
    return answerPress(context, notOpened.addOnOff);
  }
  const { offer, methods } = sold;
  const price = addOnPrice(offer, currency);
  const isSame = offer.planVersion === version && sizeOf(offer.addOn) === chosen.size;
  if (price === undefined || !isSame) return answerPress(context, notOpened.addOnChanged);
  const choice = { extra: offer.addOn, minor: price.minor };
  const subscription = (await findChosen(context, ports))?.id;
  const ordered = {
    choice,
    gateway,
    currency,
    subscription,
    mark,
    customerId: customer.id,
    price,
  };
  await placeOrder(context, ports, ordered, methods);
}
