export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/**
 * The moment of a date, of Unix milliseconds or of ISO text.
 * @throws RangeError when `value` is not a valid moment.
 */
export function instant(value) {
    return new Date(value).toISOString();
}
/** Unix milliseconds. */
export const toMs = (moment) => Date.parse(moment);
/** The moment `ms` milliseconds later; `ms` may be negative. */
export const addMs = (moment, ms) => instant(toMs(moment) + ms);
/** Milliseconds from `from` to `to`; negative when `to` has passed. */
export const msBetween = (from, to) => toMs(to) - toMs(from);
