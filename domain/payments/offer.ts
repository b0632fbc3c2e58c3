import type { SubscriptionState } from "../access/subscription.ts";
import { type Currency, type Money, money } from "../money.ts";
import type { CustomerStatus } from "../people/customer.ts";
import type { Instant } from "../time.ts";
import { addOnPrice, isSameAddOn, offerAddOn } from "./add-on.ts";
import {
  type AddOn,
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
  /**
   * What is bought for, or, where it is for a new one, what says that the customer may buy.
   * Undefined: the customer has no such subscription.
   */
  readonly subscription:
    | {
        readonly plan: string;
        readonly isRevoked: boolean;
        readonly state: SubscriptionState;
        readonly paidUntil: Instant | undefined;
        readonly trafficLimitBytes: number | undefined;
      }
    | undefined;
  /** The plan that was chosen, or is added to; undefined: it does not exist. */
  readonly newest: NewestPlan | undefined;
  /** Undefined: the gateway's keys are not configured. */
  readonly gateway:
    | { readonly currencies: readonly Currency[]; readonly invoiceTtlMs: number }
    | undefined;
  readonly topUps: TopUpRules;
  readonly now: Instant;
}

/** The offer, if it is still the one that the customer has seen; or why it is refused. */
export type Offer =
  | {
      readonly kind: "offered";
      /** Undefined: it is for something beside the plans. */
      readonly plan: Plan | undefined;
      /** As it is now; undefined: it is for something else. */
      readonly addOn?: AddOn;
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
  if (purchase.extra === undefined) {
    // A hidden plan goes on for whoever has it; nobody begins it.
    const had = purchase.subscription === "new" ? undefined : subscription.plan;
    return offerOfPlan(facts, { ...purchase, had });
  }
  const { extra } = purchase;
  if (extra.kind === "topUp") return offerOfTopUp(facts, purchase);
  return offerOfAddOn({ ...facts, ...subscription }, { ...purchase, addOn: extra });
}

function offerOfPlan(
  { newest, gateway }: PurchaseFacts,
  purchase: PlanChoice &
    Pick<Purchase, "gateway" | "currency" | "recurs"> & { readonly had: string | undefined },
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

/** What the customer was shown, at the same price, and only while it is still offered. */
function offerOfAddOn(
  facts: PurchaseFacts & NonNullable<PurchaseFacts["subscription"]>,
  chosen: ExtraChoice & Pick<Purchase, "gateway" | "currency"> & { readonly addOn: AddOn },
): Offer {
  const { newest, gateway, now } = facts;
  const { addOn, currency, minor } = chosen;
  const offer = offerAddOn(addOn.kind, { ...facts, plan: newest?.plan }, now);
  if (offer === undefined) return refused("addOnOff");
  const price = addOnPrice(offer, currency);
  const isSame = price?.minor === minor && isSameAddOn(offer.addOn, addOn);
  if (price === undefined || !isSame) return refused("addOnChanged");
  const offered = { kind: "offered", plan: undefined, addOn: offer.addOn, price } as const;
  if (chosen.gateway === balanceGateway) return { ...offered, ttlMs: balanceTtlMs };
  if (!gateway?.currencies.includes(currency)) return refused("gatewayOff");
  return { ...offered, ttlMs: gateway.invoiceTtlMs };
}
