/**
 * Milliseconds for pauses and gaps: a clock that nobody sets, so that one that is set back or ahead stalls nothing and
 * hurries nothing. Moments that go into the books come from `Date`.
 */
export const monotonicMs = (): number => performance.now();

/** A pass that begins so shortly before its full minute is that minute's: timers may be early. */
const earlyMs = 5;

/** How long it is from a moment of the clock on the wall to the next multiple of `everyMs`. */
export const untilNextMs = (wallMs: number, everyMs: number): number =>
  (Math.floor((wallMs + earlyMs) / everyMs) + 1) * everyMs - wallMs;
