import { wholeDays } from "../days.ts";
import { pluralsIn } from "../plural.ts";

export const locale = "ru-RU";

const plurals = pluralsIn(locale);

/** A fraction takes the form of two: 0,5 дня. */
const formsOf = (one: string, few: string, many: string) => ({ one, few, many, other: few });

/** The form alone: «осталась» (1, 21), «осталось» (2, 5). */
export const formOf = (n: number, one: string, few: string, many: string): string =>
  plurals.form(n, formsOf(one, few, many));

/** The number with its words: «1 попытка», «2 попытки», «5 попыток». */
export const counted = (n: number, one: string, few: string, many: string): string =>
  plurals.counted(n, formsOf(one, few, many));

/** «через 1 минуту», «через 15 минут». */
export const inMinutes = (n: number): string => `через ${counted(n, "минуту", "минуты", "минут")}`;

/** «1 минута», «15 минут». */
export const minutes = (n: number): string => counted(n, "минута", "минуты", "минут");

/** «1 час», «12 часов». */
export const hours = (n: number): string => counted(n, "час", "часа", "часов");

/** «1 день», «30 дней». */
export const days = (n: number): string => counted(n, "день", "дня", "дней");

/** «1 устройство», «3 устройства». */
export const devices = (n: number): string => counted(n, "устройство", "устройства", "устройств");

/** Чем пользуются: «1 устройством», «3 устройствами». */
export const useOfDevices = (n: number): string =>
  counted(n, "устройством", "устройствами", "устройствами");

/** «до 1 устройства», «до 3 устройств». */
export const upToDevices = (n: number): string =>
  `до ${counted(n, "устройства", "устройств", "устройств")}`;

/** Days that need not be whole: «30 дней», «примерно 7 дней», «меньше дня». */
export function daysInWords(n: number): string {
  const { whole, isExact } = wholeDays(n);
  if (whole < 1) return "меньше дня";
  return isExact ? days(whole) : `примерно ${days(whole)}`;
}

/** What something becomes: «в 30 дней», «примерно в 7 дней», «меньше чем в день». */
export function intoDays(n: number): string {
  const { whole, isExact } = wholeDays(n);
  if (whole < 1) return "меньше чем в день";
  return isExact ? `в ${days(whole)}` : `примерно в ${days(whole)}`;
}
