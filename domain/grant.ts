import type { PlanTerms } from "./plan.ts";
import { dayMs, type Instant, instant, msBetween, toMs } from "./time.ts";

export const grantKinds = ["trial", "admin", "payment", "refund"] as const;
export type GrantKind = (typeof grantKinds)[number];

/** One reason to give time, or, with negative days, to take it; the same cause counts once. */
export interface TimeGrant {
  readonly cause: string;
  readonly kind: GrantKind;
  readonly days: number;
  /** The plan that a purchase brings; without it the plan stays. */
  readonly terms?: PlanTerms;
}

export interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * Until when access runs after a grant. Time that is left is kept, times `factor` where the plan changes; what
 * is taken never reaches back before `now`, nor makes an end that has passed any earlier. `from` is where what was
 * given begins, or, where time was taken, the end that was there before.
 */
export function spanAfter(
  paidUntil: Instant | undefined,
  { days, factor = 1 }: { readonly days: number; readonly factor?: number },
  now: Instant,
): Span {
  const nowMs = toMs(now);
  const endMs = paidUntil === undefined ? nowMs : toMs(paidUntil);
  if (days <= 0) {
    const floorMs = Math.min(endMs, nowMs);
    const untilMs = Math.max(floorMs, endMs + Math.round(days * dayMs));
    return { from: instant(endMs), until: instant(untilMs) };
  }
  const leftMs = Math.floor(Math.max(0, endMs - nowMs) * factor);
  const from = instant(nowMs + leftMs);
  return { from, until: instant(nowMs + leftMs + Math.round(days * dayMs)) };
}

/** What the returns of one charge have taken so far. */
export interface Taken {
  /** As many as go with what was returned. */
  readonly days: number;
  /** What was there to be taken: less, where the end was near. */
  readonly ms: number;
}

export const nothingTaken: Taken = { days: 0, ms: 0 };

/** What is taken after a change of so many days (negative: taken, positive: given again) that made this span. */
export const takenAfter = (
  { days, ms }: Taken,
  changedDays: number,
  { from, until }: Span,
): Taken => ({
  days: days - changedDays,
  ms: ms - msBetween(from, until),
});

/**
 * By how many days the end moves when the returns of a charge change what is taken by so many. What is given
 * again is what was taken in vain, and no more than that: of thirty days of which five were left, five.
 */
export function movedDays({ days, ms }: Taken, changedDays: number): number {
  if (changedDays <= 0) return changedDays;
  const staysMs = (days - changedDays) * dayMs;
  return Math.max(0, ms - staysMs) / dayMs;
}
