import { startPurchase } from "../../../client/payments.ts";
import { paymentIdOf } from "../../../domain/derived-ids.ts";
import type { CustomerId, SubscriptionId } from "../../../domain/ids.ts";
import type { Currency, Money } from "../../../domain/money.ts";
import {
  balanceGateway,
  type ExtraChoice,
  type GatewayName,
  type PlanChoice,
  type Purchase,
  type Recurrence,
} from "../../../domain/payments/payment.ts";
import type { PricedMethod } from "../../../domain/payments/plan-offers.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, pressedMessage, inPressed } from "../../request.ts";

/** What a button orders, for whom, and the price that they were shown. */
export interface Ordered {
  readonly choice: PlanChoice | ExtraChoice;
  readonly gateway: GatewayName;
  readonly currency: Currency;
  /** Undefined: it is paid once. */
  readonly recurs?: Recurrence | undefined;
  /** Tells the page that was pressed from others in the same message. */
  readonly mark: string | undefined;
  readonly customerId: CustomerId;
  /** What it is for; undefined: it is for no subscription. */
  readonly subscription?: SubscriptionId | "new" | undefined;
  readonly price: Money | undefined;
}

/**
 * Orders what was pressed, once for each page, and answers the press. The payment itself checks
 * whether it may be bought at this price by this gateway. `methods`: how it can be paid; the balance
 * only where it is among them.
 */
export async function placeOrder(
  context: BotContext,
  ports: Pick<BotPorts, "client" | "payments">,
  { choice, gateway, currency, recurs, subscription, mark, customerId, price }: Ordered,
  methods?: readonly PricedMethod[],
): Promise<void> {
  const { texts, telegramId } = context;
  const { alreadyOrdered, balanceTooSmall } = texts.payments.purchase;
  const purchase: Purchase = {
    telegramId,
    ...choice,
    gateway,
    currency,
    ...inPressed(context),
    ...(recurs === undefined ? {} : { recurs }),
    ...(subscription === undefined ? {} : { subscription }),
  };
  const pressed = [pressedMessage(context), ...(mark ? [mark] : [])].join("/");
  const id = paymentIdOf(telegramId, pressed, purchase);
  const made = await orUnavailable(ports.payments.find(id));
  // Temporal may have deleted the run of a closed order; the database still has it.
  if (made !== undefined && made.state !== "open") return answerPress(context, alreadyOrdered);
  const isCovered = methods?.some((method) => {
    return method.gateway === balanceGateway && method.price.currency === currency;
  });
  if (gateway === balanceGateway && isCovered === false) {
    // This order itself may have used up the balance.
    return answerPress(context, made ? alreadyOrdered : balanceTooSmall);
  }
  const started = await startPurchase(ports.client, id, purchase, { customerId, price });
  answerPress(context, started === "taken" ? texts.messaging.answer.working : alreadyOrdered);
}

/** A button for a way to pay. */
export const methodButton = (
  { texts: { payments }, language }: BotContext,
  { gateway, icon, price }: PricedMethod,
  data: string,
) => ({
  text: payments.purchase.payBy(icon, payments.gateway.name(gateway), moneyIn(language, price)),
  data,
});
