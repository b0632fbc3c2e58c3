import { dayMs, hourMs, minuteMs } from "../domain/time.ts";
/** The whole days in a fractional number of days. */
export function wholeDays(days) {
    const whole = Math.floor(days + hourMs / dayMs);
    return { whole, isExact: Math.abs(days - whole) * dayMs < 5 * minuteMs };
}
