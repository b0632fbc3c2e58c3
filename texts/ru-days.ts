import { wholeDays } from "./days.ts";
import { plural } from "./plural.ts";

const named = (whole: number) =>
  `${whole.toLocaleString("ru-RU")} ${plural(whole, ["день", "дня", "дней"])}`;

/** «30 дней», «примерно 7 дней», «меньше дня». */
export function daysInWords(days: number): string {
  const { whole, isExact } = wholeDays(days);
  if (whole < 1) return "меньше дня";
  return isExact ? named(whole) : `примерно ${named(whole)}`;
}

/** What something becomes: «в 30 дней», «примерно в 7 дней», «меньше чем в день». */
export function intoDays(days: number): string {
  const { whole, isExact } = wholeDays(days);
  if (whole < 1) return "меньше чем в день";
  return isExact ? `в ${named(whole)}` : `примерно в ${named(whole)}`;
}
