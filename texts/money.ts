import { type Currency, decimals, type Money } from "../domain/money.ts";
import type { Language } from "../domain/people/customer.ts";
import { textsIn } from "./index.ts";

const signs = { XTR: "⭐", RUB: "₽", USD: "$", EUR: "€", USDT: "USDT", GRAM: "GRAM" } as const;

/** Whose hundredths are written whole, or not at all. */
const coins: ReadonlySet<Currency> = new Set(["RUB", "USD", "EUR"]);

/**
 * Money as people write it: `199 ₽`, `299.50 ₽`, `1.5 USDT`, `250 ⭐`; in English dollars and euros
 * have their sign before them. Exact to the last minor unit.
 */
export function moneyIn(language: Language, { minor, currency }: Money): string {
  const places = decimals[currency];
  const isWhole = minor % 10 ** places === 0;
  const least = coins.has(currency) && !isWhole ? places : 0;
  const format = formatOf(textsIn(language).locale, { least, most: places });
  // A decimal text keeps digits that a floating-point number would lose.
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  const amount = format.format(text as `${number}`);
  const isBefore = language === "en" && (currency === "USD" || currency === "EUR");
  const shown = isBefore ? `${signs[currency]}${amount}` : `${amount} ${signs[currency]}`;
  return `${minor < 0 ? "−" : ""}${shown}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Created once: creating one takes longer than hundreds of uses. */
function formatOf(
  locale: string,
  { least, most }: { readonly least: number; readonly most: number },
): Intl.NumberFormat {
  const name = `${locale}/${least}/${most}`;
  const existing = formats.get(name);
  if (existing !== undefined) return existing;
  const options = { maximumFractionDigits: most, minimumFractionDigits: least };
  const created = new Intl.NumberFormat(locale, options);
  formats.set(name, created);
  return created;
}
