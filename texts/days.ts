import { dayMs, hourMs, minuteMs } from "../domain/time.ts";

/** Days as a person reads them: whole. The books keep milliseconds. */
export interface WholeDays {
  /** Rounded down, so that nobody is promised more than they get; up to an hour less than a day is a day. */
  readonly whole: number;
  /** False: say "about". */
  readonly isExact: boolean;
}

export function wholeDays(days: number): WholeDays {
  const whole = Math.floor(days + hourMs / dayMs);
  return { whole, isExact: Math.abs(days - whole) * dayMs < 5 * minuteMs };
}
