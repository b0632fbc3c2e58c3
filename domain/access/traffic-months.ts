import type { Day } from "../zone.ts";
import type { Delta } from "./traffic.ts";

/** A calendar month as `2031-01`: sorts as text. */
export type Month = string;

/** Bytes moved in one month. */
export interface TrafficInMonth extends Delta {
  readonly month: Month;
}

/** The month of a day. */
export const monthOf = (day: Day): Month => day.slice(0, 7);

/** The first day of a month. */
export const firstDayOf = (month: Month): Day => `${month}-01`;

/** The month so many months later; `count` may be negative. */
export function addMonths(month: Month, count: number): Month {
  const [year = 0, inYear = 1] = month.split("-").map(Number);
  const months = year * 12 + inYear - 1 + count;
  const later = { year: Math.floor(months / 12), inYear: (months % 12) + 1 };
  return `${String(later.year).padStart(4, "0")}-${String(later.inYear).padStart(2, "0")}`;
}

/** How many whole months before the current one are kept day by day: a chart never shows more. */
export const monthsInDays = 3;

/** Days before this one are kept as months. */
export const firstDayKept = (today: Day): Day =>
  firstDayOf(addMonths(monthOf(today), -monthsInDays));
