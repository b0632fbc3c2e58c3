import { type Currency, decimals, type Money, parseMoney } from "../money.ts";
import type { Language } from "../people/customer.ts";

/** Whose thousands a comma separates; elsewhere it is the decimal one. */
const groupedByComma: Readonly<Record<Language, boolean>> = { en: true, ru: false };

const digitGroups = /^\d+(?:[ \u00A0\u2009\u202F'’.,]\d+)*$/u;
const signs = /[+\-\u2010-\u2015\u2212]/u;

/**
 * Reads an amount as people write it: `1 000,50 ₽`, `$1,000.50`, `.5`. Spaces, apostrophes, points
 * and commas may stand between groups of three digits; whatever stands before or after the number
 * is for the eye. A comma before exactly three digits is what it is in the writer's language; where
 * that is unknown, or the currency has fewer than three decimals, nothing is guessed.
 * @returns undefined for anything else: a sign, an exponent, two numbers, an amount that could be
 * a thousand times another, and whatever `parseMoney` refuses
 */
export function readAmount(
  text: string,
  currency: Currency,
  language?: Language,
): Money | undefined {
  const start = text.search(/\d/u);
  const before = text.slice(0, Math.max(0, start));
  if (start < 0 || signs.test(before)) return undefined;
  const isFraction = /(?:^|\s)[.,]$/u.test(before);
  const digits = `${isFraction ? "0." : ""}${text.slice(start).replace(/\D+$/u, "")}`;
  if (!digitGroups.test(digits)) return undefined;
  const decimal = decimalIn(digits, currency, language);
  if (decimal === "unclear") return undefined;
  const at = decimal === "none" ? digits.length : digits.lastIndexOf(decimal);
  const whole = joinGroups(digits.slice(0, at));
  if (whole === undefined) return undefined;
  return parseMoney(at === digits.length ? whole : `${whole}.${digits.slice(at + 1)}`, currency);
}

/** Which character stands before the decimals, if any does. */
function decimalIn(
  digits: string,
  currency: Currency,
  language: Language | undefined,
): "." | "," | "none" | "unclear" {
  const marks = digits.match(/\D/gu) ?? [];
  const last = marks.at(-1);
  if (last !== "." && last !== ",") return "none";
  if (marks.filter((mark) => mark === last).length > 1) return "none";
  // Only one mark with three digits after it may be either: `1,125`, and not `0,125` or `1 000,125`.
  if (marks.length > 1 || !/^[1-9]\d{0,2}[.,]\d{3}$/u.test(digits)) return last;
  if (last === "," && language !== undefined && groupedByComma[language]) return "none";
  if (decimals[currency] < 3) return "unclear";
  return last === "," && language === undefined ? "unclear" : last;
}

/** The digits of a whole number, whose groups are all separated alike. */
function joinGroups(digits: string): string | undefined {
  const [mark, ...others] = new Set(digits.match(/\D/gu)?.map((one) => one.replace(/\s/u, " ")));
  if (mark === undefined) return digits;
  const isGrouped = others.length === 0 && /^\d{1,3}(?:\D\d{3})+$/u.test(digits);
  return isGrouped ? digits.replaceAll(/\D/gu, "") : undefined;
}
