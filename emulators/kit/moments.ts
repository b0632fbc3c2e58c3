const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

/** The first moment after one; milliseconds since 1970. */
type NextAfter = (ms: number) => number;

/** Any moment at all: at once. */
export const anyMoment: NextAfter = (ms) => ms + 1;

/** Every so many milliseconds, counted from 1970. */
export const every =
  (periodMs: number): NextAfter =>
  (ms) =>
    (Math.floor(ms / periodMs) + 1) * periodMs;

/** At these seconds of each minute, in ascending order, the first of them 0. */
export const atSeconds =
  (...seconds: readonly number[]): NextAfter =>
  (ms) => {
    const minute = Math.floor(ms / minuteMs) * minuteMs;
    const next = seconds.find((second) => minute + second * secondMs > ms);
    return next === undefined ? minute + minuteMs : minute + next * secondMs;
  };

/** At this time of each UTC day that fits; one has to fit in the next year. */
export const atTimeOfDay =
  (hour: number, minute: number, fits: (day: Date) => boolean = () => true): NextAfter =>
  (ms) => {
    const first = Math.floor(ms / dayMs);
    for (let day = first; ; day += 1) {
      const at = day * dayMs + (hour * 60 + minute) * minuteMs;
      if (at > ms && (fits(new Date(at)) || day > first + 366)) return at;
    }
  };
