import { type Instant, toMs } from "../time.ts";

/** How many devices a subscription may have at a moment: its plan's, and those bought beside. */
export const deviceLimitAt = (
  planLimit: number,
  extraUntils: readonly Instant[],
  now: Instant,
): number => planLimit + extraUntils.filter((until) => toMs(until) > toMs(now)).length;

/**
 * Why a device may be used while there is time: its plan has room for it, or a place was bought
 * beside the plan, until a moment. Neither is so for a device that is paused.
 */
export type DeviceRight =
  | { readonly kind: "plan" }
  | { readonly kind: "bought"; readonly until: Instant }
  | { readonly kind: "paused" };

/**
 * The right of each device, those with the first claim before the others. The first ones have the
 * plan's places, the next ones those that were bought, the longest before the others; all that is
 * left is paused. So at any moment no more devices are on than plan and purchases allow.
 */
export function rightsOfDevices(
  deviceCount: number,
  planLimit: number,
  extraUntils: readonly Instant[],
): readonly DeviceRight[] {
  const bought = extraUntils.toSorted((a, b) => toMs(b) - toMs(a));
  return Array.from({ length: deviceCount }, (_, place): DeviceRight => {
    if (place < planLimit) return { kind: "plan" };
    const until = bought[place - planLimit];
    return until === undefined ? { kind: "paused" } : { kind: "bought", until };
  });
}

/** What decides in which order devices have a right. */
export interface DeviceClaim {
  readonly id: string;
  readonly addedAt: Instant;
  /** When their owner last chose to use it before the others; undefined: never. */
  readonly chosenAt: Instant | undefined;
}

/** Devices by their claim: those that their owner chose last come first, then the oldest. */
export const byClaim = <Device extends DeviceClaim>(devices: readonly Device[]): Device[] =>
  devices.toSorted(
    (a, b) =>
      momentOf(b.chosenAt) - momentOf(a.chosenAt) ||
      toMs(a.addedAt) - toMs(b.addedAt) ||
      (a.id < b.id ? -1 : 1),
  );

const momentOf = (at: Instant | undefined): number => (at === undefined ? 0 : toMs(at));

/** A device's own right as it is stored; its subscription's time may be over all the same. */
export interface OwnRight {
  /** When it ends before the time does; undefined: it does not. */
  readonly endsAt: Instant | undefined;
  readonly isPaused: boolean;
}

/** Whether a device's own right holds at a moment. */
export const isGoingOn = ({ endsAt, isPaused }: OwnRight, now: Instant): boolean =>
  !isPaused && (endsAt === undefined || toMs(now) < toMs(endsAt));

/** Which devices a change to another plan would turn off, of those that are on. */
export function pausedBy<Device extends DeviceClaim & OwnRight>(
  devices: readonly Device[],
  to: { readonly deviceLimit: number; readonly extraUntils: readonly Instant[] },
  now: Instant,
): readonly Device[] {
  const rights = rightsOfDevices(devices.length, to.deviceLimit, to.extraUntils);
  return byClaim(devices).filter((device, place) => {
    const right = rights[place];
    const isKept =
      right?.kind === "plan" || (right?.kind === "bought" && toMs(now) < toMs(right.until));
    return isGoingOn(device, now) && !isKept;
  });
}

/**
 * Which device is off once this one is used instead: of those that are on, the one with the last
 * claim. Undefined: none.
 */
export const replacedBy = <Device extends DeviceClaim & OwnRight>(
  devices: readonly Device[],
  id: Device["id"],
  now: Instant,
): Device | undefined =>
  byClaim(devices).findLast((device) => device.id !== id && isGoingOn(device, now));
