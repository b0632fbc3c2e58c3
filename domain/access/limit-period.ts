import { addMs, dayMs, type Instant, toMs } from "../time.ts";
import { addDays, dayAt, startOfDay } from "../zone.ts";

/**
 * When a plan's traffic begins anew beside a purchase: every 30 days from the beginning of the
 * bought time, or on the first day of each month in the shop's zone.
 */
export const limitPeriods = ["month", "calendar"] as const;

/** One of `limitPeriods`. A plan without one allows its traffic per purchase. */
export type LimitPeriod = (typeof limitPeriods)[number];

/** When what is left of a traffic pack ends: once it is used up, or with the period. */
export const packsEnds = ["usedUp", "period"] as const;

/** One of `packsEnds`. */
export type PacksEnd = (typeof packsEnds)[number];

/** Days that a month of the bought time has: plans are sold in days, which follow no calendar. */
export const daysOfMonth = 30;

/** The moment, and the zone in which the shop's months begin. */
export interface ShopClock {
  readonly now: Instant;
  /** An IANA zone or an offset. */
  readonly zone: string;
}

/** When a period ends that begins at `now`. */
export function firstEnd(kind: LimitPeriod, { now, zone }: ShopClock): Instant {
  return kind === "month" ? addMs(now, daysOfMonth * dayMs) : nextMonth(now, zone);
}

/** When the period ends in which `now` is, where an earlier one ended at `ended`. */
export function nextEnd(kind: LimitPeriod, ended: Instant, { now, zone }: ShopClock): Instant {
  if (kind === "calendar") return nextMonth(now, zone);
  const lengthMs = daysOfMonth * dayMs;
  const whole = Math.floor((toMs(now) - toMs(ended)) / lengthMs);
  return addMs(ended, (whole + 1) * lengthMs);
}

/** The first moment of the month after that of `now`. */
function nextMonth(now: Instant, zone: string): Instant {
  const first = `${dayAt(now, zone).slice(0, 7)}-01`;
  // 31 days after the first of a month are always in the next one.
  return startOfDay(`${addDays(first, 31).slice(0, 7)}-01`, zone);
}
