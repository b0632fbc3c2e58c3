import type { Branded } from "./ids.ts";

/**
 * How many decimals a currency has. XTR are Telegram Stars; GRAM is the native coin of TON
 * (nanotons), known by this code whatever a third party calls it.
 */
export const decimals = { XTR: 0, RUB: 2, USD: 2, EUR: 2, USDT: 6, GRAM: 9 } as const;

/** A currency that prices may be in, by its code. */
export type Currency = keyof typeof decimals;

/** All currencies, in the order in which prices are compared when a plan changes. */
export const currencies = Object.keys(decimals) as Currency[];

/** Whole minor units (kopecks, Stars, nanotons), never without their currency. */
export type Money = Branded<{ readonly minor: number; readonly currency: Currency }, "Money">;

/**
 * An amount in minor units.
 * @throws RangeError when `minor` is not a whole number that JSON carries exactly.
 */
export function money(minor: number, currency: Currency): Money {
  if (!Number.isSafeInteger(minor)) {
    throw new RangeError(`money is whole minor units below 2^53, got ${minor} ${currency}`);
  }
  return { minor, currency } as Money;
}

/**
 * Reads a decimal as gateways and people write it: digits, and at most the currency's decimals
 * after a point.
 * @returns undefined for anything else: a sign, an exponent, a fraction of a minor
 * unit, more than 2^53.
 */
export function parseMoney(text: string, currency: Currency): Money | undefined {
  const [, whole, fraction = ""] = /^(\d{1,16})(?:\.(\d{1,18}))?$/u.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const places = decimals[currency];
  // Trailing zeros carry no meaning: 1.50000000 is 1.5.
  const significant = fraction.replace(/0+$/u, "");
  if (significant.length > places) return undefined;
  const minor = Number(`${whole}${significant.padEnd(places, "0")}`);
  return Number.isSafeInteger(minor) ? money(minor, currency) : undefined;
}

/**
 * Like `parseMoney`, but rounds to the nearest minor unit:
 * for amounts shown, never for amounts owed.
 */
export function parseRounded(text: string, currency: Currency): Money | undefined {
  const [, whole, fraction = ""] = /^(\d{1,16})(?:\.(\d{1,40}))?$/u.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const places = decimals[currency];
  const down = Number(`${whole}${fraction.slice(0, places).padEnd(places, "0")}`);
  const minor = down + (Number(fraction[places] ?? 0) >= 5 ? 1 : 0);
  return Number.isSafeInteger(minor) ? money(minor, currency) : undefined;
}

/**
 * The decimal that `parseMoney` reads back, without trailing zeros: `199`, `1.5`, `0.000000001`.
 */
export function decimalOf({ minor, currency }: Money): string {
  const places = decimals[currency];
  if (places === 0) return String(minor);
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/u, "");
  const whole = digits.slice(0, -places);
  return `${minor < 0 ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}

/**
 * `a` minus `b`.
 * @throws RangeError when the currencies differ: the core has no exchange rates.
 */
export function difference(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new RangeError(`${a.currency} and ${b.currency} cannot be compared`);
  }
  return money(a.minor - b.minor, a.currency);
}

/** Whether `paid` is at least `price`, in the same currency. */
export const covers = (paid: Money, price: Money): boolean =>
  paid.currency === price.currency && paid.minor >= price.minor;
