import type { PlanTerms } from "./plan.ts";
import { dayMs, type Instant, instant, toMs } from "./time.ts";

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
 * is taken never reaches back before `now`, nor makes an end that has passed any earlier.
 */
export function spanAfter(
  paidUntil: Instant | undefined,
  { days, factor = 1 }: { readonly days: number; readonly factor?: number },
  now: Instant,
): Span {
  const nowMs = toMs(now);
  const endMs = paidUntil === undefined ? nowMs : toMs(paidUntil);
  if (days < 0) {
    const floorMs = Math.min(endMs, nowMs);
    const untilMs = Math.max(floorMs, endMs + Math.round(days * dayMs));
    return { from: instant(untilMs), until: instant(untilMs) };
  }
  const leftMs = Math.floor(Math.max(0, endMs - nowMs) * factor);
  const from = instant(nowMs + leftMs);
  return { from, until: instant(nowMs + leftMs + Math.round(days * dayMs)) };
}
