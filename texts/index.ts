import type { Language } from "../domain/people/customer.ts";
import type { Instant } from "../domain/time.ts";
import type { Day } from "../domain/zone.ts";
import { en, type Texts } from "./en/index.ts";
import { ru } from "./ru/index.ts";

export type { Texts } from "./en/index.ts";
export { escapeHtml, isolated } from "./html.ts";

const byLanguage: Record<Language, Texts> = { en, ru };

/** All texts of a language, by area and noun. */
export const textsIn = (language: Language): Texts => byLanguage[language];

/** For whom moments are written: the reader's language, and the shop's time zone. */
export interface ReaderLocale {
  readonly language: Language;
  /** An IANA zone or an offset, as `Intl` takes it. */
  readonly zone: string;
}

/** A moment as people read it, with its year and the zone: `3 January 2031, 04:05 GMT+3`. */
export const momentIn = (locale: ReaderLocale, at: Instant): string => {
  const { dayWithYear, clock, zoneName } = formatsOf(locale);
  const date = new Date(at);
  const name = zoneName.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value;
  return `${withYear(dayWithYear, date)}, ${clock.format(date)} ${name}`;
};

/**
 * A day as people read it, in words: `3 January`, with its year where that is not the year of
 * `now`, and as a moment where it is today. Days are those of the shop's zone.
 */
export function dayIn(locale: ReaderLocale, at: Instant, now: Instant): string {
  const { day, dayWithYear, dayKey } = formatsOf(locale);
  const date = new Date(at);
  const keyAt = dayKey.format(date);
  const keyNow = dayKey.format(new Date(now));
  if (keyAt === keyNow) return momentIn(locale, at);
  return keyAt.slice(0, 4) === keyNow.slice(0, 4) ? day.format(date) : withYear(dayWithYear, date);
}

/** Without the `г.` behind a Russian year, which would end a sentence with two full stops. */
function withYear(format: Intl.DateTimeFormat, date: Date): string {
  const parts = format.formatToParts(date);
  const shown = parts.at(-1)?.type === "literal" ? parts.slice(0, -1) : parts;
  return shown.map(({ value }) => value).join("");
}

/** Created once for each zone: creating them takes longer than hundreds of uses. */
const known = new Map<string, ReturnType<typeof createFormats>>();

function formatsOf(locale: ReaderLocale) {
  const key = `${locale.language} ${locale.zone}`;
  const formats = known.get(key) ?? createFormats(locale);
  known.set(key, formats);
  return formats;
}

function createFormats({ language, zone: timeZone }: ReaderLocale) {
  const { locale } = textsIn(language);
  const day = { day: "numeric", month: "long", timeZone } as const;
  return {
    clock: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone }),
    zoneName: new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }),
    day: new Intl.DateTimeFormat(locale, day),
    shortDay: new Intl.DateTimeFormat(locale, { ...day, month: "short" }),
    dayWithYear: new Intl.DateTimeFormat(locale, { ...day, year: "numeric" }),
    /** `2031-01-03`: Swedes write dates so. */
    dayKey: new Intl.DateTimeFormat("sv-SE", { timeZone }),
  };
}

/** A day in few letters: `3 Jan`. */
export const shortDayIn = (language: Language, day: Day): string =>
  formatsOf({ language, zone: "UTC" }).shortDay.format(new Date(day));

/** Bytes in the unit a person would use for them, or for `unitOf`: 1536 is `1.5 KB`. */
export function bytesIn(language: Language, bytes: number, unitOf = bytes): string {
  const { access, locale } = textsIn(language);
  const { units } = access.traffic;
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(unitOf, 1)) / 10));
  const amount = bytes / 1024 ** step;
  const digits = step === 0 || amount >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(amount);
  return `${number} ${units[step]}`;
}
