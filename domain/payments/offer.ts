import type { Currency, Money } from "../money.ts";
import type { CustomerStatus } from "../people/customer.ts";
import { balanceGateway, type NotOpened, type Purchase } from "./payment.ts";
import { type Plan, priceIn } from "./plan.ts";

/** What is bought from the balance is decided at once; nobody waits for it. */
const balanceTtlMs = 60_000;

/** What decides whether somebody may buy what they chose. */
export interface PurchaseFacts {
  readonly status: CustomerStatus;
  /** Undefined: there is no subscription. */
  readonly subscription: { readonly plan: string; readonly isRevoked: boolean } | undefined;
  /** The newest version of the plan; undefined: there is no such plan, or it is sold no longer. */
  readonly plan: Plan | undefined;
  /** Undefined: the gateway's keys are not configured. */
  readonly gateway:
    | { readonly currencies: readonly Currency[]; readonly invoiceTtlMs: number }
    | undefined;
}

/** What the customer is offered, when it is still what they have seen; or why nothing is. */
export type Offer =
  | {
      readonly kind: "offered";
      readonly plan: Plan;
      readonly price: Money;
      /** How long its invoice can be paid. */
      readonly ttlMs: number;
    }
  | { readonly kind: "refused"; readonly why: NotOpened };

const refused = (why: NotOpened): Offer => ({ kind: "refused", why });

export function offerOf(facts: PurchaseFacts, purchase: Purchase): Offer {
  const { status, subscription, plan, gateway } = facts;
  const { currency } = purchase;
  if (status !== "active" || subscription === undefined || subscription.isRevoked) {
    return refused("notCustomer");
  }
  if (plan === undefined || plan.trial) return refused("notForSale");
  if (plan.hidden && subscription.plan !== plan.code) return refused("notForSale");
  if (plan.version !== purchase.planVersion) return refused("priceChanged");
  const price = priceIn(plan, currency);
  if (price === undefined) return refused("notForSale");
  if (purchase.gateway === balanceGateway) {
    return { kind: "offered", plan, price, ttlMs: balanceTtlMs };
  }
  if (!gateway?.currencies.includes(currency)) return refused("gatewayOff");
  return { kind: "offered", plan, price, ttlMs: gateway.invoiceTtlMs };
}
