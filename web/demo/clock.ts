const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** The hour and minute of a moment in Unix seconds, on this browser's clock. */
export const timeText = (unixSeconds: number): string => time.format(unixSeconds * 1_000);

/** The day of a moment in Unix seconds, e.g. "Saturday 21 November". */
export const dayText = (unixSeconds: number): string => day.format(unixSeconds * 1_000);

const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** The date of a moment in Unix seconds, e.g. "28 December 2026". */
export const dateText = (unixSeconds: number): string => date.format(unixSeconds * 1_000);
