import { wholeDays } from "./days.ts";

/** "30 days", "about 7 days", "less than a day". */
export function daysInWords(days: number): string {
  const { whole, isExact } = wholeDays(days);
  if (whole < 1) return "less than a day";
  return `${isExact ? "" : "about "}${whole.toLocaleString("en-GB")} ${whole === 1 ? "day" : "days"}`;
}
