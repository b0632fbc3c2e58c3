import { boughtSubscriptionIdOf } from "../../domain/derived-ids.ts";
import { customerId, type SubscriptionId, subscriptionId } from "../../domain/ids.ts";
import type { Offer } from "../../domain/payments/offer.ts";
import type { PaymentId, Purchase, StoredOrder } from "../../domain/payments/payment.ts";
import type { Plan, PlanTerms } from "../../domain/payments/plan.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { lockCustomer } from "../people/customers.ts";
import { insertOrder } from "./new-orders.ts";
import { findOrder } from "./orders.ts";
import type { LoadedPurchase } from "./purchase-facts.ts";

/** A purchase that becomes an order. */
export interface Opening {
  readonly id: PaymentId;
  readonly purchase: Purchase;
  readonly seen: LoadedPurchase;
  readonly offer: Extract<Offer, { kind: "offered" }>;
  readonly now: Instant;
}

/**
 * Writes the order of a purchase together with the subscription that it begins: both come into the
 * books, or neither. Undefined: this order exists already.
 */
export async function openWithSubscription(
  db: Queries,
  opening: Opening,
): Promise<StoredOrder | undefined> {
  await lockCustomer(db, opening.purchase.telegramId);
  if ((await findOrder(db, opening.id)) !== undefined) return undefined;
  return openOrder(db, opening, await insertSubscription(db, opening));
}

/** Writes the subscription that a purchase begins; it has no number until it has time. */
async function insertSubscription(db: Queries, { id, seen, offer }: Opening) {
  const { plan } = offer;
  if (plan === undefined) throw new Error(`order ${id} begins a subscription without a plan`);
  const bought = boughtSubscriptionIdOf(id);
  await db
    .insertInto("subscriptions")
    .values({
      id: bought as string,
      customerId: seen.customerId,
      plan: plan.code as string,
      planVersion: plan.version,
      deviceLimit: plan.deviceLimit,
      number: null,
    })
    .execute();
  return bought;
}

/**
 * Writes the order of a purchase, for the subscription that was named or has just been written.
 * Undefined: this order exists already, or another open one of the same kind does.
 */
export async function openOrder(
  db: Queries,
  opening: Opening,
  bought?: SubscriptionId,
): Promise<StoredOrder | undefined> {
  const { id, purchase, seen, now } = opening;
  const { plan, addOn, price, ttlMs } = opening.offer;
  const of = bought ?? (seen.subscriptionId && subscriptionId(seen.subscriptionId));
  if (!of) return undefined;
  const { telegramId, gateway, recurs } = purchase;
  const facts = {
    id,
    customerId: customerId(seen.customerId),
    subscriptionId: of,
    telegramId,
    gateway,
    price,
    openedAt: now,
    lapsesAt: addMs(now, ttlMs),
    ...(recurs === undefined ? {} : { recurs }),
  };
  const extra = addOn ?? purchase.extra;
  const item = plan === undefined ? extra && { extra } : { terms: termsIn(plan) };
  if (item === undefined) return undefined;
  const memo = await insertOrder(db, { ...facts, ...item }, { state: "open" });
  if (memo === undefined) return undefined;
  return { order: { ...facts, ...item, memo }, state: "open", invoice: undefined };
}

const termsIn = ({ code, version, days, deviceLimit }: Plan): PlanTerms => {
  return { code, version, days, deviceLimit };
};
