import type { Language } from "./customer.ts";
import type { Branded } from "./ids.ts";
import { type Currency, type Money, money } from "./money.ts";

export type PlanCode = Branded<string, "Plan">;

/** What of a plan a payment keeps, whatever the plan becomes later. */
export interface PlanTerms {
  readonly code: PlanCode;
  readonly version: number;
  readonly days: number;
  readonly deviceLimit: number;
}

/** A plan as the owner offers it. Every change makes a new version; prices are in minor units. */
export interface Plan extends PlanTerms {
  readonly names: Readonly<Record<Language, string>>;
  readonly descriptions: Readonly<Record<Language, string>>;
  readonly prices: Readonly<Partial<Record<Currency, number>>>;
  /** Bytes, up and down together, that a purchase allows; undefined: no limit. */
  readonly trafficLimitBytes?: number;
  readonly order: number;
  /** Can be bought by those who have it, and is not listed. */
  readonly hidden: boolean;
  /** What newcomers have: never for sale. */
  readonly trial: boolean;
}

export function priceIn({ prices }: Pick<Plan, "prices">, currency: Currency): Money | undefined {
  const minor = prices[currency];
  return minor === undefined ? undefined : money(minor, currency);
}

type Rated = Pick<Plan, "code" | "days" | "prices">;

/**
 * What one hour of a plan becomes when its owner changes to another: as many hours as cost the same there, by
 * the two plans' prices in the currency of the purchase. Time that has no price (a trial's, an admin's, a plan
 * that is not sold in this currency) stays as long as it is.
 */
export function conversionFactor(from: Rated | undefined, to: Rated, currency: Currency): number {
  if (from === undefined || from.code === to.code) return 1;
  const [had, wanted] = [from.prices[currency], to.prices[currency]];
  if (had === undefined || wanted === undefined || had === 0 || wanted === 0) return 1;
  return (had * to.days) / (wanted * from.days);
}
