import { addMs, type Instant, instant, toMs } from "../time.ts";

/**
 * Why a device's access moves to another host: its owner has chosen so, its host is emptied, or its
 * host is lost for good.
 */
export const moveCauses = ["customer", "migration", "lost"] as const;
/** One of `moveCauses`. */
export type MoveCause = (typeof moveCauses)[number];

/**
 * The end of an access that is moved away from, while its successor is not on its host yet: nobody
 * loses access because the new host takes its time.
 */
export const untilFollowed: Instant = instant("9999-12-31T00:00:00.000Z");

/** An access of a device, as far as moves concern it. */
export interface HeldAccess {
  readonly id: string;
  /** Its host has had it, and its owner was sent the key. */
  readonly isGiven: boolean;
  /** Since when it must not be on its host, maybe later than now; undefined: it is the current one. */
  readonly retiredAt: Instant | undefined;
}

/** Whether an access is one that its device has at a moment. */
export const isRetired = ({ retiredAt }: Pick<HeldAccess, "retiredAt">, now: Instant): boolean =>
  retiredAt !== undefined && toMs(retiredAt) <= toMs(now);

/**
 * The accesses of a device after its current one was given a successor. The old one lasts until the
 * successor is on its host, and from then on for the overlap. Nothing overlaps where nobody uses the
 * old one: its owner never had its key, or may not use it now.
 */
export function moveAway<Held extends HeldAccess>(
  held: readonly Held[],
  { mayUse, overlapMs, now }: MoveTerms,
): readonly Held[] {
  return held.map((one) => {
    if (one.retiredAt !== undefined) return one;
    const overlaps = one.isGiven && mayUse && overlapMs > 0;
    return { ...one, retiredAt: overlaps ? untilFollowed : now };
  });
}

/** How a device moves. */
export interface MoveTerms {
  /** By the books the old access may be used now. */
  readonly mayUse: boolean;
  /** How long the old access lasts once the new one is on its host; 0: it ends at once. */
  readonly overlapMs: number;
  readonly now: Instant;
}

/** The accesses of a device after the current one is on its host: the others end in a while. */
export const giveSuccessor = <Held extends HeldAccess>(
  held: readonly Held[],
  { overlapMs, now }: Pick<MoveTerms, "overlapMs" | "now">,
): readonly Held[] =>
  held.map((one) => {
    if (one.retiredAt === undefined) return { ...one, isGiven: true };
    const end = addMs(now, overlapMs);
    return toMs(one.retiredAt) > toMs(end) ? { ...one, retiredAt: end } : one;
  });

/** The accesses of a device after the current one was used: the others end. */
export const useSuccessor = <Held extends HeldAccess>(
  held: readonly Held[],
  now: Instant,
): readonly Held[] =>
  held.map((one) =>
    one.retiredAt === undefined || isRetired(one, now) ? one : { ...one, retiredAt: now },
  );

/**
 * The accesses of a device after a move was taken back: as if it had not begun. A successor that is
 * on its host stays: its owner may use it.
 */
export function takeBack<Held extends HeldAccess>(
  held: readonly Held[],
  now: Instant,
): readonly Held[] {
  const current = held.find(({ retiredAt }) => retiredAt === undefined);
  const before = held.find(({ retiredAt }) => retiredAt === untilFollowed);
  if (current === undefined || before === undefined || current.isGiven) return held;
  return held.map((one) => {
    if (one === current) return { ...one, retiredAt: now };
    return one === before ? { ...one, retiredAt: undefined } : one;
  });
}
