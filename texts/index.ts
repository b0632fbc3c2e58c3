import type { Language } from "../domain/people/customer.ts";
import type { Instant } from "../domain/time.ts";
import { en, type Texts } from "./en/index.ts";
import { ru } from "./ru/index.ts";

export type { Texts } from "./en/index.ts";
export { escapeHtml, isolated } from "./html.ts";

const byLanguage: Record<Language, Texts> = { en, ru };

/** All texts of a language, by area and noun. */
export const textsIn = (language: Language): Texts => byLanguage[language];

/**
 * A moment as people read it, with its year; always in UTC, because we do not know their time zone.
 */
export function momentIn(language: Language, at: Instant): string {
  return `${moments[language].format(new Date(at))} UTC`;
}

const momentsOf = ({ locale }: Texts): Intl.DateTimeFormat => {
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, { ...day, ...clock });
};

/** Created once: creating one takes longer than hundreds of uses. */
const moments: Record<Language, Intl.DateTimeFormat> = { en: momentsOf(en), ru: momentsOf(ru) };

/**
 * A day as people read it, in words: `3 January`, with its year where that is not the year of
 * `now`, and as a moment where it is today.
 */
export function dayIn(language: Language, at: Instant, now: Instant): string {
  if (at.slice(0, 10) === now.slice(0, 10)) return momentIn(language, at);
  const { withYear, inYear } = days[language];
  return (at.slice(0, 4) === now.slice(0, 4) ? inYear : withYear).format(new Date(at));
}

const daysOf = ({ locale }: Texts) => {
  const day = { day: "numeric", month: "long", timeZone: "UTC" } as const;
  return {
    inYear: new Intl.DateTimeFormat(locale, day),
    withYear: new Intl.DateTimeFormat(locale, { ...day, year: "numeric" }),
  };
};

const days = { en: daysOf(en), ru: daysOf(ru) };

/** Bytes in the unit a person would use: 1536 is `1.5 KB`. */
export function bytesIn(language: Language, bytes: number): string {
  const { access, locale } = textsIn(language);
  const { units } = access.traffic;
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const amount = bytes / 1024 ** step;
  const digits = step === 0 || amount >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(amount);
  return `${number} ${units[step]}`;
}
