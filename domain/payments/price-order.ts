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

/** How much cheaper per day than another plan the best one has to be. */
const leastAdvantage = 0.03;

/** What a day costs in minor units of one currency, and what it brings. */
interface DayOffer {
  readonly code: string;
  readonly cost: number;
  readonly devices: number;
  /** Infinite where traffic has no limit. */
  readonly trafficBytes: number;
}

/**
 * The code of the plan that is the best value, in the first currency that all offers have. Prices per
 * day are compared between plans alone of which one gives as many devices and as much traffic as the
 * other, or more. The best one is clearly cheaper than one that gives no more, and than each that
 * gives as much or more. Of several it is the cheapest; undefined where there is none.
 */
export function findBestValue(
  offers: readonly PlanOffer[],
  order: readonly Currency[],
): string | undefined {
  const common = order.find((currency) =>
    offers.every(({ methods }) => methods.some(({ price }) => price.currency === currency)),
  );
  if (common === undefined) return undefined;
  const all = offers.map((offer) => dayOfferOf(offer, common));
  const candidates = all.filter((one) => {
    const others = all.filter((other) => other !== one);
    const matching = others.filter((other) => givesNoLess(other, one));
    const beaten = others.filter((other) => givesNoLess(one, other) && isCheaper(one, other));
    return beaten.length > 0 && matching.every((other) => isCheaper(one, other));
  });
  return candidates.toSorted((a, b) => a.cost - b.cost)[0]?.code;
}

function dayOfferOf({ plan, methods }: PlanOffer, currency: Currency): DayOffer {
  const minor = methods.find(({ price }) => price.currency === currency)?.price.minor ?? 0;
  const { code, days, deviceLimit: devices, trafficLimitBytes = Infinity } = plan;
  return { code, cost: minor / days, devices, trafficBytes: trafficLimitBytes };
}

/** Whether a day of one plan brings as many devices and as much traffic as one of the other. */
const givesNoLess = (one: DayOffer, other: DayOffer): boolean =>
  one.devices >= other.devices && one.trafficBytes >= other.trafficBytes;

const isCheaper = (one: DayOffer, other: DayOffer): boolean =>
  one.cost <= other.cost * (1 - leastAdvantage);
