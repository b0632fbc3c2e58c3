import { wholeDays } from "../days.ts";
import { pluralsIn } from "../plural.ts";
export const locale = "en-GB";
const plurals = pluralsIn(locale);
/** The number with its words: "1 try is", "2 tries are". */
export const counted = (n, one, other) => plurals.counted(n, { one, other });
/** "1 minute", "15 minutes". */
export const minutes = (n) => counted(n, "minute", "minutes");
/** "1 hour", "12 hours". */
export const hours = (n) => counted(n, "hour", "hours");
/** "1 day", "30 days". */
export const days = (n) => counted(n, "day", "days");
/** "1 device", "3 devices". */
export const devices = (n) => counted(n, "device", "devices");
/** Fractional days: "30 days", "about 7 days", "less than a day". */
export function daysInWords(n) {
    const { whole, isExact } = wholeDays(n);
    if (whole < 1)
        return "less than a day";
    return `${isExact ? "" : "about "}${days(whole)}`;
}
