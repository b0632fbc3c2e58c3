import { dayMs, hourMs, minuteMs } from "../domain/time.ts";

/** Days as a person reads them: whole. The books keep milliseconds. */
export interface WholeDays {
  /** Rounded down, so that nobody is promised more than they get; an hour missing is forgiven. */
  readonly whole: number;
  /** False: say "about". */
  readonly isExact: boolean;
}

/** The whole days in a number of days that need not be whole. */
export function wholeDays(days: number): WholeDays {
  const whole = Math.floor(days + hourMs / dayMs);
  return { whole, isExact: Math.abs(days - whole) * dayMs < 5 * minuteMs };
}
