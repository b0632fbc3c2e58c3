import type { Branded } from "./ids.ts";

/**
 * A moment as ISO 8601 in UTC with milliseconds,
 * e.g. `2026-11-21T10:00:00.000Z`: sorts as text, survives JSON.
 */
export type Instant = Branded<string, "Instant">;

/** Milliseconds of a second. */
export const secondMs = 1_000;
/** Milliseconds of a minute. */
export const minuteMs = 60 * secondMs;
/** Milliseconds of an hour. */
export const hourMs = 60 * minuteMs;
/** Milliseconds of 24 hours: a sold day does not follow a calendar. */
export const dayMs = 24 * hourMs;

/**
 * The moment of a date, of Unix milliseconds or of ISO text.
 * @throws RangeError when `value` is not a valid moment.
 */
export function instant(value: Date | number | string): Instant {
  return new Date(value).toISOString() as Instant;
}

/** Unix milliseconds. */
export const toMs = (moment: Instant): number => Date.parse(moment);

/** The moment `ms` milliseconds later; `ms` may be negative. */
export const addMs = (moment: Instant, ms: number): Instant => instant(toMs(moment) + ms);

/** Milliseconds from `from` to `to`; negative when `to` has passed. */
export const msBetween = (from: Instant, to: Instant): number => toMs(to) - toMs(from);
