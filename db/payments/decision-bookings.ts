import type { TimeEntry } from "../../domain/access/time-lots.ts";
import { isOfUse } from "../../domain/payments/add-on.ts";
import { priceReturned } from "../../domain/payments/charge.ts";
import { type Decision, doesGrant } from "../../domain/payments/decision-batch.ts";
import { addOnOf, grantCause } from "../../domain/payments/payment.ts";
import { dayMs, type Instant } from "../../domain/time.ts";
import { enterAddOn } from "../access/add-ons.ts";
import { enterTime, returnOf, type TimeBooked, zoneOf } from "../access/time-lots.ts";
import type { Queries } from "../orm.ts";
import type { Write } from "../together.ts";
import type { LoadedFacts, LockedPayment } from "./payment-facts.ts";
import type { PlanVersions } from "./plans.ts";

/** Decisions about a payment, and what was known before them. */
export interface Decided {
  readonly locked: LockedPayment;
  readonly known: LoadedFacts;
  readonly decisions: readonly Decision[];
  readonly now: Instant;
}

/** Money for an add-on that would be of no use any more becomes balance. */
export function forUse(locked: LockedPayment, now: Instant): LockedPayment {
  const { order, mayGrant, subscription } = locked;
  const addOn = addOnOf(order);
  if (addOn === undefined || mayGrant !== "yes") return locked;
  const trafficLimitBytes = subscription.trafficLimitBytes ?? undefined;
  return isOfUse(addOn, { trafficLimitBytes }, now) ? locked : { ...locked, mayGrant: "noUse" };
}

/**
 * The bought time, and how much of its price is returned:
 * both follow from the charges as they are now.
 */
export async function bookTime(
  db: Queries,
  versions: PlanVersions,
  { locked, known, decisions, now }: Decided,
): Promise<{ readonly booked: TimeBooked | undefined; readonly writes: readonly Write[] }> {
  const { order, subscription } = locked;
  if (addOnOf(order) !== undefined) return { booked: undefined, writes: [] };
  const last = decisions.at(-1)?.after ?? known.facts;
  const terms = doesGrant(decisions) ? order.terms : undefined;
  const plan = terms && (await versions.find(db, terms.code, terms.version));
  const bought: TimeEntry[] = terms
    ? [
        {
          kind: "payment",
          cause: grantCause(order.id),
          ms: Math.round(terms.days * dayMs),
          price: order.price,
          terms: { ...terms, prices: plan?.prices ?? {} },
          at: now,
        },
      ]
    : [];
  const before = priceReturned(known.facts);
  const after = priceReturned(last);
  const changes = before === after ? [] : [returnOf(known.time, order, after, now)];
  if (bought.length + changes.length === 0) return { booked: undefined, writes: [] };
  const entries = [...bought, ...changes];
  const zone = await zoneOf(db, plan);
  return enterTime(subscription, { known: known.time, entries, plan, zone });
}

/** An add-on that was bought, or how much of it is taken back. */
export async function bookAddOn(
  db: Queries,
  { locked, known, decisions, now }: Decided,
): Promise<readonly Write[]> {
  const { order, subscription } = locked;
  const addOn = addOnOf(order);
  const isGranted = doesGrant(decisions);
  const returnedMinor = priceReturned(decisions.at(-1)?.after ?? known.facts);
  const isSame = !isGranted && returnedMinor === priceReturned(known.facts);
  if (addOn === undefined || isSame) return [];
  return enterAddOn(db, { order, addOn, subscription, isGranted, returnedMinor, now });
}
