import { currencies, type Currency, type Money } from "../money.ts";
import type { Language } from "../people/customer.ts";
import { balanceGateway } from "./payment.ts";
import type { PlanOffer } from "./plan-offers.ts";

/** The currencies that speakers of a language think in come first. */
const firstOf: Readonly<Record<Language, readonly Currency[]>> = {
  en: ["USD", "EUR", "USDT"],
  ru: ["RUB"],
};

/**
 * All currencies: first those that the shop puts first, then those in which a speaker of this
 * language compares prices.
 */
export const currenciesFor = (
  language: Language,
  ofShop: readonly Currency[] = [],
): readonly Currency[] => [...new Set([...ofShop, ...firstOf[language], ...currencies])];

/** The plan's price in the first of these currencies that it can be paid in by a gateway. */
export function firstPrice({ methods }: PlanOffer, order: readonly Currency[]): Money | undefined {
  const prices = methods.filter(({ gateway }) => gateway !== balanceGateway);
  const ranked = (prices.length > 0 ? prices : methods).map(({ price }) => price);
  return ranked.toSorted((a, b) => order.indexOf(a.currency) - order.indexOf(b.currency))[0];
}

/** How much cheaper per day than any other plan the best one has to be. */
const leastAdvantage = 0.03;

/**
 * The code of the plan whose day costs least, compared in the first currency that all offers have.
 * Undefined where there is nothing to choose, no common currency, or no clear advantage.
 */
export function findBestValue(
  offers: readonly PlanOffer[],
  order: readonly Currency[],
): string | undefined {
  const common = order.find((currency) =>
    offers.every(({ methods }) => methods.some(({ price }) => price.currency === currency)),
  );
  if (common === undefined) return undefined;
  const perDay = offers
    .map(({ plan, methods }) => {
      const minor = methods.find(({ price }) => price.currency === common)?.price.minor ?? 0;
      return { code: plan.code, cost: minor / plan.days };
    })
    .toSorted((a, b) => a.cost - b.cost);
  const [best, next] = perDay;
  if (best === undefined || next === undefined) return undefined;
  return best.cost <= next.cost * (1 - leastAdvantage) ? best.code : undefined;
}
