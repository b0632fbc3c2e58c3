import { decimals, type Money } from "../domain/money.ts";
import type { Language } from "../domain/people/customer.ts";
import { textsIn } from "./index.ts";

const signs = { XTR: "⭐", RUB: "₽", USD: "$", EUR: "€", USDT: "USDT", GRAM: "GRAM" } as const;

/** Money as people write it: `199 ₽`, `1.5 USDT`, `250 ⭐`. Exact to the last minor unit. */
export function moneyIn(language: Language, { minor, currency }: Money): string {
  const places = decimals[currency];
  const format = formatOf(textsIn(language).locale, places);
  // A decimal text keeps digits that a floating-point number would lose.
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const cut = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return `${minor < 0 ? "−" : ""}${format.format(text as `${number}`)} ${signs[currency]}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Created once: creating one takes longer than hundreds of uses. */
function formatOf(locale: string, places: number): Intl.NumberFormat {
  const name = `${locale}/${places}`;
  const existing = formats.get(name);
  if (existing !== undefined) return existing;
  const options = { maximumFractionDigits: places, minimumFractionDigits: 0 };
  const created = new Intl.NumberFormat(locale, options);
  formats.set(name, created);
  return created;
}
