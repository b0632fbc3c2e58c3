/**
 * Milliseconds for pauses and gaps. This clock is never set, so that setting the wall clock neither
 * stalls nor hurries anything. Moments that are booked come from `Date`.
 */
export const monotonicMs = (): number => performance.now();

/**
 * A pass that begins this shortly before a full minute counts as that minute's:
 * timers may fire early.
 */
const earlyMs = 5;

/** Milliseconds from a wall-clock moment to the next multiple of `everyMs`. */
export const untilNextMs = (wallMs: number, everyMs: number): number =>
  (Math.floor((wallMs + earlyMs) / everyMs) + 1) * everyMs - wallMs;
