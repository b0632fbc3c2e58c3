import { letsIn, type SubscriptionState } from "../access/subscription.ts";
import { type Currency, type Money, money } from "../money.ts";
import { type Instant, minuteMs, toMs } from "../time.ts";
import type { AddOn } from "./payment.ts";
import { bytesInGb } from "./plan-change.ts";
import type { Plan, Prices } from "./plan.ts";

/** An add-on as it is offered to one customer at a moment; at least one price. */
export interface AddOnOffer {
  readonly addOn: AddOn;
  readonly prices: Prices;
  /** The version of the plan that offers it. */
  readonly planVersion: number;
}

/** What decides which add-ons a customer is offered. */
export interface AddOnFacts {
  readonly state: SubscriptionState;
  readonly paidUntil: Instant | undefined;
  /** Undefined: their traffic has no limit. */
  readonly trafficLimitBytes: number | undefined;
  /** The newest version of the plan that they have; undefined: it has none. */
  readonly plan: Plan | undefined;
}

/**
 * What a customer is offered of this kind; undefined: nothing. Who has no time is sold a plan, and a
 * device is not sold for the days of grace.
 */
export function offerAddOn(
  kind: AddOn["kind"],
  { state, paidUntil, trafficLimitBytes, plan }: AddOnFacts,
  now: Instant,
): AddOnOffer | undefined {
  if (plan === undefined || paidUntil === undefined) return undefined;
  if (!letsIn(state) && state !== "exhausted") return undefined;
  if (kind === "traffic") {
    if (plan.trafficPack === undefined || trafficLimitBytes === undefined) return undefined;
    const { bytes, prices } = plan.trafficPack;
    return withPrices({ addOn: { kind, bytes }, prices, planVersion: plan.version });
  }
  const hasTime = toMs(paidUntil) > toMs(now);
  if (!hasTime || plan.extraDevice === undefined) return undefined;
  const addOn = { kind, until: paidUntil } as const;
  return withPrices({ addOn, prices: plan.extraDevice, planVersion: plan.version });
}

const withPrices = (offer: AddOnOffer): AddOnOffer | undefined =>
  Object.keys(offer.prices).length > 0 ? offer : undefined;

/** Whether both are the same, so that a customer buys what they were shown. */
export function isSameAddOn(one: AddOn, other: AddOn): boolean {
  if (one.kind === "traffic") return other.kind === "traffic" && one.bytes === other.bytes;
  return other.kind === "device" && toMs(one.until) === toMs(other.until);
}

/** How a button names an add-on: by its gigabytes, or by the minute of its end since 1970. */
export const sizeOf = (addOn: AddOn): number =>
  addOn.kind === "traffic"
    ? Math.floor(addOn.bytes / bytesInGb)
    : Math.floor(toMs(addOn.until) / minuteMs);

/** The price of an add-on in a currency; undefined: it has none. */
export function addOnPrice({ prices }: AddOnOffer, currency: Currency): Money | undefined {
  const minor = prices[currency];
  return minor === undefined ? undefined : money(minor, currency);
}

/** Whether a paid add-on is still of use, now that its money has come. */
export function isOfUse(
  addOn: AddOn,
  { trafficLimitBytes }: Pick<AddOnFacts, "trafficLimitBytes">,
  now: Instant,
): boolean {
  return addOn.kind === "traffic" ? trafficLimitBytes !== undefined : toMs(addOn.until) > toMs(now);
}
