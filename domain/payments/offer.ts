import { type Currency, type Money, money } from "../money.ts";
import type { CustomerStatus } from "../people/customer.ts";
import {
  balanceGateway,
  type ExtraChoice,
  type NotOpened,
  type PlanChoice,
  type Purchase,
} from "./payment.ts";
import { isOfferedTo } from "./plan-offers.ts";
import { checkTopUp, type TopUpRules } from "./top-up.ts";
import { type NewestPlan, type Plan, priceIn } from "./plan.ts";
import { cardChargeTtlMs } from "./renewal.ts";

/** A payment from the balance is decided at once; nobody has to pay an invoice. */
const balanceTtlMs = 60_000;

/** The facts that decide whether somebody may buy what they chose. */
export interface PurchaseFacts {
  readonly status: CustomerStatus;
  /** Undefined: the customer has no subscription. */
  readonly subscription: { readonly plan: string; readonly isRevoked: boolean } | undefined;
  /** The plan that was chosen; undefined: it does not exist. */
  readonly newest: NewestPlan | undefined;
  /** Undefined: the gateway's keys are not configured. */
  readonly gateway:
    | { readonly currencies: readonly Currency[]; readonly invoiceTtlMs: number }
    | undefined;
  readonly topUps: TopUpRules;
}

/** The offer, if it is still the one that the customer has seen; or why it is refused. */
export type Offer =
  | {
      readonly kind: "offered";
      /** Undefined: it is for something beside the plans. */
      readonly plan: Plan | undefined;
      readonly price: Money;
      /** For how long its invoice can be paid. */
      readonly ttlMs: number;
    }
  | { readonly kind: "refused"; readonly why: NotOpened };

const refused = (why: NotOpened): Offer => ({ kind: "refused", why });

/** Decides whether a purchase may become an order, and at which price. */
export function offerOf(facts: PurchaseFacts, purchase: Purchase): Offer {
  const { status, subscription } = facts;
  if (status !== "active" || subscription === undefined || subscription.isRevoked) {
    return refused("notCustomer");
  }
  return purchase.extra === undefined
    ? offerOfPlan(facts, { ...purchase, had: subscription.plan })
    : offerOfTopUp(facts, purchase);
}

function offerOfPlan(
  { newest, gateway }: PurchaseFacts,
  purchase: PlanChoice &
    Pick<Purchase, "gateway" | "currency" | "recurs"> & { readonly had: string },
): Offer {
  const { currency } = purchase;
  if (newest === undefined || !isOfferedTo(newest, purchase.had)) return refused("notForSale");
  const { plan } = newest;
  if (plan.version !== purchase.planVersion) return refused("priceChanged");
  const price = priceIn(plan, currency);
  if (price === undefined) return refused("notForSale");
  if (purchase.gateway === balanceGateway) {
    return { kind: "offered", plan, price, ttlMs: balanceTtlMs };
  }
  if (!gateway?.currencies.includes(currency)) return refused("gatewayOff");
  const { invoiceTtlMs } = gateway;
  const isCharge = purchase.recurs === "renews";
  const ttlMs = isCharge ? Math.min(invoiceTtlMs, cardChargeTtlMs) : invoiceTtlMs;
  return { kind: "offered", plan, price, ttlMs };
}

/** A balance is not topped up from itself. */
function offerOfTopUp(
  { gateway, topUps }: PurchaseFacts,
  { currency, minor }: ExtraChoice & Pick<Purchase, "currency">,
): Offer {
  if (!gateway?.currencies.includes(currency)) return refused("gatewayOff");
  const price = money(minor, currency);
  if (checkTopUp(topUps, price) !== "fits") return refused("wrongAmount");
  return { kind: "offered", plan: undefined, price, ttlMs: gateway.invoiceTtlMs };
}
