import type { Composer } from "telegraf";
import { startPurchase } from "../../../client/payments.ts";
import { paymentIdOf } from "../../../domain/derived-ids.ts";
import { addOnButton } from "../../../domain/messaging/buttons.ts";
import { addOnPrice, sizeOf } from "../../../domain/payments/add-on.ts";
import { currencies } from "../../../domain/money.ts";
import {
  addOnKinds,
  balanceGateway,
  type GatewayName,
  type Purchase,
} from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { payAddOnButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, pressedMessage, pressedMessageId } from "../../request.ts";
import { openHome } from "../people/home.ts";
import { onButton, onPageButton } from "../register.ts";
import { addOnLetters, addOnPage, noAddOnPage } from "./add-on-pages.ts";
import { findSold } from "./sold-add-ons.ts";

/** The pages on which a customer adds traffic or a device to their plan, and the order. */
export function addAddOns(bot: Composer<BotContext>, ports: BotPorts): void {
  onPageButton(bot, addOnButton, "add-on", async (context, { kind }) => {
    const { customer, telegramId } = context;
    const subscription =
      customer && (await orUnavailable(ports.customers.findSubscription(telegramId)));
    if (subscription === undefined) return openHome(context, ports);
    const sold = await findSold(context, ports, kind);
    if (sold === undefined) return noAddOnPage(context, kind);
    const traffic = await orUnavailable(ports.customers.findTrafficUse(subscription.id));
    return addOnPage(context, sold, { now: instant(new Date()), traffic });
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
  const { texts, telegramId, customer } = context;
  const { notOpened, purchase: words } = texts.payments;
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
  const shownIn = pressedMessageId(context);
  const purchase: Purchase = {
    telegramId,
    extra: offer.addOn,
    minor: price.minor,
    gateway,
    currency,
    ...(shownIn === undefined ? {} : { shownIn }),
  };
  const id = paymentIdOf(telegramId, `${pressedMessage(context)}/${mark}`, purchase);
  const made = await orUnavailable(ports.payments.find(id));
  if (made !== undefined && made.state !== "open") {
    return answerPress(context, words.alreadyOrdered);
  }
  const isCovered = methods.some(
    (one) => one.gateway === balanceGateway && one.price.currency === currency,
  );
  if (gateway === balanceGateway && !isCovered) {
    // This order itself may have used up the balance.
    return answerPress(context, made ? words.alreadyOrdered : words.balanceTooSmall);
  }
  const from = { customerId: customer.id, price };
  const started = await startPurchase(ports.client, id, purchase, from);
  const { working } = texts.messaging.answer;
  answerPress(context, started === "taken" ? working : words.alreadyOrdered);
}
