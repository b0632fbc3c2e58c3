import { type Instant, toMs } from "../time.ts";

/** How many devices a subscription may have at a moment: its plan's, and those bought beside. */
export const deviceLimitAt = (
  planLimit: number,
  extraUntils: readonly Instant[],
  now: Instant,
): number => planLimit + extraUntils.filter((until) => toMs(until) > toMs(now)).length;

/**
 * Until when each device has access, the newest device first; undefined: as long as there is time.
 * The devices beyond the plan's limit are those that were bought beside it: the newest of them ends
 * with the first of what was bought. What was never bought beside a plan, e.g. after a change to a
 * smaller plan, has no end of its own.
 */
export function endsOfDevices(
  deviceCount: number,
  planLimit: number,
  extraUntils: readonly Instant[],
): readonly (Instant | undefined)[] {
  const beyond = Math.max(0, deviceCount - planLimit);
  const ends = extraUntils
    .toSorted((a, b) => toMs(b) - toMs(a))
    .slice(0, beyond)
    .toReversed();
  return Array.from({ length: deviceCount }, (_, place) => ends[place]);
}
