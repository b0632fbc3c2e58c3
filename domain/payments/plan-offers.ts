import { covers, type Currency, type Money } from "../money.ts";
import { byCurrency, type ShopSettings } from "../operations/shop-settings.ts";
import { byGateway } from "./method-order.ts";
import { balanceGateway, type GatewayName } from "./payment.ts";
import { type NewestPlan, type Plan, priceIn } from "./plan.ts";

/** A payment method that is configured now. */
export interface PaymentMethod {
  readonly gateway: GatewayName;
  readonly currency: Currency;
  /** The sign before its name on buttons. */
  readonly icon: string;
  /** How the gateway can charge again. */
  readonly recurring?: "stars" | "card";
}

/** A way to pay a certain price. */
export interface PricedMethod {
  readonly gateway: GatewayName;
  readonly icon: string;
  readonly price: Money;
}

/** A plan that can be bought now, with its payment methods, at least one, and their prices. */
export interface PlanOffer {
  readonly plan: Plan;
  readonly methods: readonly PricedMethod[];
  /** The ways to pay that repeat themselves once the customer has agreed. */
  readonly recurring: readonly RecurringMethod[];
}

/** A way to pay that repeats itself. */
export interface RecurringMethod {
  readonly by: "stars" | "card";
  readonly gateway: GatewayName;
  readonly price: Money;
}

/**
 * Whether a plan is offered to a customer who has the plan `currentCode` (undefined: none): it is
 * still sold, it is not the trial, and if it is hidden, it is the plan that they have.
 */
export const isOfferedTo = (
  { plan, isRetired }: NewestPlan,
  currentCode: string | undefined,
): boolean => !isRetired && !plan.trial && (!plan.hidden || plan.code === currentCode);

/** The balance's sign on buttons, where gateways have their own. */
const balanceIcon = "💰";

/** The orders that an owner sets: of currencies, and before them of gateways. */
export type MethodOrder = Pick<ShopSettings, "currencies" | "gateways">;

const noOrder: MethodOrder = { currencies: [], gateways: [] };

/**
 * What can be bought now: from the balance where that covers the price, and by each gateway, in the
 * owner's order. Where that does not name a gateway, prices in the owner's first currencies come
 * first.
 */
export function offerPlans(
  plans: readonly Plan[],
  gateways: readonly PaymentMethod[],
  balances: readonly Money[],
  order: MethodOrder = noOrder,
): PlanOffer[] {
  const offers = plans.map((plan) => {
    const ways = waysToPay(plan, { gateways, balances, order });
    const recurring = byGateway(recurringOf(plan, gateways), order.gateways);
    return { plan, methods: ways, recurring };
  });
  return offers.filter(({ methods }) => methods.length > 0);
}

/** What a customer can pay with. */
export interface PayerMeans {
  readonly gateways: readonly PaymentMethod[];
  readonly balances: readonly Money[];
  readonly order: MethodOrder;
}

/** The ways to pay these prices, as for a plan. */
export function waysToPay(
  priced: Pick<Plan, "prices">,
  { gateways, balances, order }: PayerMeans,
): readonly PricedMethod[] {
  const own = balances.flatMap((balance) => {
    const price = priceIn(priced, balance.currency);
    return price && covers(balance, price)
      ? [{ gateway: balanceGateway, icon: balanceIcon, price }]
      : [];
  });
  const others = gateways.flatMap(({ gateway, currency, icon }) => {
    const price = priceIn(priced, currency);
    return price ? [{ gateway, icon, price }] : [];
  });
  return [...inOrder(own, order), ...inOrder(others, order)];
}

const inOrder = (methods: readonly PricedMethod[], { currencies, gateways }: MethodOrder) =>
  byGateway(
    byCurrency(methods, currencies, ({ price }) => price.currency),
    gateways,
  );

/** Telegram charges a subscription every thirty days, and takes no more than this. */
const starsDays = 30;
const mostStars = 10_000;

const recurringOf = (plan: Plan, gateways: readonly PaymentMethod[]): RecurringMethod[] =>
  gateways.flatMap(({ gateway, currency, recurring: by }) => {
    const price = priceIn(plan, currency);
    if (by === undefined || price === undefined) return [];
    if (by === "stars" && !fitsStars(plan, price)) return [];
    return [{ by, gateway, price }];
  });

/** Whether Telegram sells a subscription to this plan. */
export const fitsStars = ({ days }: Pick<Plan, "days">, { minor, currency }: Money): boolean =>
  days === starsDays && currency === "XTR" && minor <= mostStars;
