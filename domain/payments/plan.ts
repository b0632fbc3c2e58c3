import type { LimitPeriod, PacksEnd } from "../access/limit-period.ts";
import type { Branded } from "../ids.ts";
import { currencies, type Currency, type Money, money } from "../money.ts";
import type { Language } from "../people/customer.ts";

/** A plan's name in the owner's file of plans; it stays the same from version to version. */
export type PlanCode = Branded<string, "Plan">;

/** The part of a plan that a payment keeps, whatever the plan becomes later. */
export interface PlanTerms {
  readonly code: PlanCode;
  readonly version: number;
  readonly days: number;
  readonly deviceLimit: number;
}

/** Prices in minor units. */
export type Prices = Readonly<Partial<Record<Currency, number>>>;

/** More traffic for a price, in bytes. */
export interface TrafficPack {
  readonly bytes: number;
  readonly prices: Prices;
}

/** A plan as the owner offers it. Every change makes a new version; prices are in minor units. */
export interface Plan extends PlanTerms {
  readonly names: Readonly<Record<Language, string>>;
  readonly descriptions: Readonly<Record<Language, string>>;
  readonly prices: Prices;
  /** Days for which customers stay let in after their time; undefined: none. */
  readonly graceDays?: number;
  /** Bytes, up and down together, that a purchase or period allows; undefined: no limit. */
  readonly trafficLimitBytes?: number;
  /** The period that the limit is for; undefined: a purchase. */
  readonly limitPeriod?: LimitPeriod;
  /** When packs end; undefined: once they are used up. */
  readonly packsEnd?: PacksEnd;
  /** What one more device costs until the end of the time; undefined: none is sold. */
  readonly extraDevice?: Prices;
  /** What is sold to those who use up their traffic; undefined: nothing. */
  readonly trafficPack?: TrafficPack;
  /** The groups of locations that it is for; undefined: all locations. */
  readonly locationGroups?: readonly string[];
  readonly order: number;
  /** Not listed, but can be bought by customers who have it. */
  readonly hidden: boolean;
  /** For newcomers; never for sale. */
  readonly trial: boolean;
}

/** The newest version of a plan; retired: it was removed from the owner's file. */
export interface NewestPlan {
  readonly plan: Plan;
  readonly isRetired: boolean;
}

/** The plan's price in a currency; undefined: it has none. */
export function priceIn({ prices }: Pick<Plan, "prices">, currency: Currency): Money | undefined {
  const minor = prices[currency];
  return minor === undefined ? undefined : money(minor, currency);
}

type PricedPlan = Pick<Plan, "code" | "days" | "prices">;

/**
 * What one hour of a plan becomes in another plan: as many hours as cost the same there, by the two
 * plans' prices in the first currency that both have, `preferred` ones first. Undefined when they
 * have no currency in common: nothing says then what one is worth in the other.
 */
export function conversionFactor(
  from: PricedPlan,
  to: PricedPlan,
  preferred: readonly Currency[],
): number | undefined {
  if (from.code === to.code) return 1;
  for (const currency of [...preferred, ...currencies]) {
    const had = from.prices[currency];
    const wanted = to.prices[currency];
    if (had && wanted) return (had * to.days) / (wanted * from.days);
  }
  return undefined;
}
