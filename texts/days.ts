import { dayMs, hourMs, minuteMs } from "../domain/time.ts";

/** Days as a person reads them: whole. The database keeps milliseconds. */
export interface WholeDays {
  /** Rounded down, so that nobody is promised more than they get; a missing hour is ignored. */
  readonly whole: number;
  /** Where false, say "about". */
  readonly isExact: boolean;
}

/** The whole days in a fractional number of days. */
export function wholeDays(days: number): WholeDays {
  const whole = Math.floor(days + hourMs / dayMs);
  return { whole, isExact: Math.abs(days - whole) * dayMs < 5 * minuteMs };
}
