import { wholeDays } from "../days.ts";
import { pluralsIn } from "../plural.ts";
export const locale = "ru-RU";
const plurals = pluralsIn(locale);
/** A fraction takes the form of two: 0,5 дня. */
const formsOf = (one, few, many) => ({ one, few, many, other: few });
/** The form alone: «осталась» (1, 21), «осталось» (2, 5). */
export const formOf = (n, one, few, many) => plurals.form(n, formsOf(one, few, many));
/** The number with its words: «1 попытка», «2 попытки», «5 попыток». */
export const counted = (n, one, few, many) => plurals.counted(n, formsOf(one, few, many));
/** «через 1 минуту», «через 15 минут». */
export const inMinutes = (n) => `через ${counted(n, "минуту", "минуты", "минут")}`;
/** «1 час», «12 часов». */
export const hours = (n) => counted(n, "час", "часа", "часов");
/** «1 день», «30 дней». */
export const days = (n) => counted(n, "день", "дня", "дней");
/** «1 устройство», «3 устройства». */
export const devices = (n) => counted(n, "устройство", "устройства", "устройств");
/** «до 1 устройства», «до 3 устройств». */
export const upToDevices = (n) => `до ${counted(n, "устройства", "устройств", "устройств")}`;
/** Days that need not be whole: «30 дней», «примерно 7 дней», «меньше дня». */
export function daysInWords(n) {
    const { whole, isExact } = wholeDays(n);
    if (whole < 1)
        return "меньше дня";
    return isExact ? days(whole) : `примерно ${days(whole)}`;
}
/** What something becomes: «в 30 дней», «примерно в 7 дней», «меньше чем в день». */
export function intoDays(n) {
    const { whole, isExact } = wholeDays(n);
    if (whole < 1)
        return "меньше чем в день";
    return isExact ? `в ${days(whole)}` : `примерно в ${days(whole)}`;
}
