import { startPurchase } from "../../../client/payments.ts";
import { paymentIdOf } from "../../../domain/derived-ids.ts";
import { currencies, type Currency } from "../../../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type Purchase,
  type Recurrence,
} from "../../../domain/payments/payment.ts";
import type { PlanOffer } from "../../../domain/payments/plan-offers.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, pressedMessage, pressedMessageId } from "../../request.ts";
import { openCatalog } from "./catalog.ts";

/** What a button orders. */
interface Chosen {
  readonly plan: PlanCode;
  readonly version: number;
  readonly gateway: GatewayName;
  readonly currency: Currency;
  readonly mark: string | undefined;
  /** Undefined: it is paid once. */
  readonly recurs?: Recurrence;
}

/**
 * Orders what was pressed. The payment itself checks whether plan, version and gateway may be
 * bought.
 */
export async function buy(context: BotContext, ports: BotPorts, chosen: Chosen): Promise<void> {
  const { texts, telegramId } = context;
  const { plan, version, gateway, currency: code, mark, recurs } = chosen;
  const catalog = await openCatalog(context, ports);
  if ("problem" in catalog) return answerPress(context, catalog.problem);
  const currency = currencies.find((known) => known === code);
  if (currency === undefined) return answerPress(context, texts.payments.notOpened.notForSale);
  const shownIn = pressedMessageId(context);
  const purchase: Purchase = {
    telegramId,
    plan,
    planVersion: version,
    gateway,
    currency,
    ...(shownIn === undefined ? {} : { shownIn }),
    ...(recurs === undefined ? {} : { recurs }),
  };
  const pressed = [pressedMessage(context), ...(mark ? [mark] : [])].join("/");
  const id = paymentIdOf(telegramId, pressed, purchase);
  const made = await orUnavailable(ports.payments.find(id));
  // Temporal may have deleted the run of a closed order; the database still has it.
  if (made !== undefined && made.state !== "open") {
    return answerPress(context, texts.payments.purchase.alreadyOrdered);
  }
  if (purchase.gateway === balanceGateway && !isCovered(purchase, catalog.offers)) {
    // This order itself may have used up the balance.
    return answerPress(
      context,
      made ? texts.payments.purchase.alreadyOrdered : texts.payments.purchase.balanceTooSmall,
    );
  }
  const { customerId, offers } = catalog;
  const price = priceOf(purchase, offers);
  const started = await startPurchase(ports.client, id, purchase, { customerId, price });
  if (started === "taken") return answerPress(context, texts.messaging.answer.working);
  answerPress(context, texts.payments.purchase.alreadyOrdered);
}

/** The price that this person was shown. */
const priceOf = ({ plan: code, currency }: Purchase, offers: readonly PlanOffer[]) =>
  offers
    .find(({ plan }) => plan.code === code)
    ?.methods.find(({ price }) => price.currency === currency)?.price;

const isCovered = ({ plan: code, currency }: Purchase, offers: readonly PlanOffer[]): boolean =>
  offers.some(({ plan, methods }) => {
    const isOffered = methods.some(({ gateway, price }) => {
      return gateway === balanceGateway && price.currency === currency;
    });
    return plan.code === code && isOffered;
  });
