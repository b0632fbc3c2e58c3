import { hourMs, type Instant, instant, secondMs, toMs } from "./time.ts";

/** A calendar day as `2031-01-03`: sorts as text. */
export type Day = string;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone as `2031-01-03 04:05:06`; Swedes write it so. */
function clockIn(zone: string, ms: number): string {
  const known = formats.get(zone);
  const format =
    known ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  if (known === undefined) formats.set(zone, format);
  return format.format(ms);
}

/** The day that a moment belongs to in a zone. */
export const dayAt = (at: Instant, zone: string): Day => clockIn(zone, toMs(at)).slice(0, 10);

/** The day so many days later; `count` may be negative. */
export function addDays(day: Day, count: number): Day {
  const date = new Date(`${day}T00:00:00.000Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** No zone is further from UTC than this. */
const furthestMs = 26 * hourMs;

/**
 * When a day's hour begins in a zone: the first second at which its clock shows that hour or a later
 * one, where clocks are put forward over it.
 */
export function hourOf(day: Day, hour: number, zone: string): Instant {
  const wanted = `${day} ${String(hour).padStart(2, "0")}`;
  const about = Date.parse(`${day}T00:00:00.000Z`) + hour * hourMs;
  let before = (about - furthestMs) / secondMs;
  let after = (about + furthestMs) / secondMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (clockIn(zone, middle * secondMs) < wanted) before = middle;
    else after = middle;
  }
  return instant(after * secondMs);
}

/** When a day begins in a zone. */
export const startOfDay = (day: Day, zone: string): Instant => hourOf(day, 0, zone);
