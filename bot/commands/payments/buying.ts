import { currencies, type Currency } from "../../../domain/money.ts";
import type { GatewayName, Recurrence } from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress } from "../../request.ts";
import { showHome } from "../people/home.ts";
import { openCatalog } from "./catalog.ts";
import { placeOrder } from "./ordering.ts";

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
  const { plan: code, version: planVersion, gateway, mark, recurs } = chosen;
  const catalog = await openCatalog(context, ports);
  if (catalog === undefined) return showHome(context, ports);
  const currency = currencies.find((known) => known === chosen.currency);
  if (currency === undefined) {
    return answerPress(context, context.texts.payments.notOpened.notForSale);
  }
  const { customerId, offers } = catalog;
  const methods = offers.find(({ plan }) => plan.code === code)?.methods ?? [];
  const price = methods.find((method) => method.price.currency === currency)?.price;
  const choice = { plan: code, planVersion };
  const { chosen: about } = context;
  const subscription = about === "new" ? about : (await findChosen(context, ports))?.id;
  const ordered = { choice, gateway, currency, recurs, subscription, mark, customerId, price };
  await placeOrder(context, ports, ordered, methods);
}
