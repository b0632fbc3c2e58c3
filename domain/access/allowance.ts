import { type Instant, toMs } from "../time.ts";
import {
  firstEnd,
  type LimitPeriod,
  nextEnd,
  type PacksEnd,
  type ShopClock,
} from "./limit-period.ts";

/** How much may be moved from some moment on; in bytes, as hosts count: up and down together. */
export interface Limit {
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined;
  /** What had been moved when this limit began. */
  readonly baseBytes: number;
}

/** How much a subscription may move: what its plan gives is used first, and then its packs. */
export interface Allowance extends Limit {
  /** How much of the limit is packs. */
  readonly packBytes: number;
  /** The period that the limit is for; undefined: it is for a purchase. */
  readonly period: AllowancePeriod | undefined;
}

/** A period of an allowance. */
export interface AllowancePeriod {
  readonly kind: LimitPeriod;
  /** What the plan gives for each period. */
  readonly limitBytes: number;
  readonly endsAt: Instant;
  readonly packsEnd: PacksEnd;
}

/** What a plan gives with its time. */
export interface TrafficTerms {
  /** Undefined: no limit. */
  readonly trafficLimitBytes?: number;
  /** Undefined: the limit is for a purchase. */
  readonly limitPeriod?: LimitPeriod;
  /** Undefined: packs last until they are used up. */
  readonly packsEnd?: PacksEnd;
}

/** Whether `totalBytes`, all that the subscription has ever moved, exhausts the limit. */
export const isUsedUp = ({ limitBytes, baseBytes }: Limit, totalBytes: number): boolean =>
  limitBytes !== undefined && totalBytes - baseBytes >= limitBytes;

/** Its owner is told when no more than one part in so many is left. */
const lowParts = 5;

/** How much is left, where little is: at least four fifths are used, and not all. */
export function lowLeft({ limitBytes, baseBytes }: Limit, totalBytes: number): number | undefined {
  if (limitBytes === undefined) return undefined;
  const left = limitBytes - (totalBytes - baseBytes);
  return left > 0 && left * lowParts <= limitBytes ? left : undefined;
}

/** What is left of what the plan gave, and of the packs. */
export function leftOf(
  { limitBytes, baseBytes, packBytes }: Allowance,
  totalBytes: number,
): { readonly planBytes: number; readonly packBytes: number } {
  if (limitBytes === undefined) return { planBytes: 0, packBytes: 0 };
  const left = Math.max(0, limitBytes - (totalBytes - baseBytes));
  const leftPacks = Math.min(packBytes, left);
  return { planBytes: left - leftPacks, packBytes: leftPacks };
}

/** Whether the period of an allowance has ended. */
export const hasEnded = ({ period }: Pick<Allowance, "period">, now: Instant): boolean =>
  period !== undefined && toMs(period.endsAt) <= toMs(now);

/**
 * The allowance at a moment. Where its period has ended, the plan's limit is whole again, and of the
 * packs remains what was left of them, or nothing. It does not matter how late that is noticed, and
 * what was moved before it counts in the period before.
 */
export function allowanceAt(allowance: Allowance, totalBytes: number, clock: ShopClock): Allowance {
  const { period } = allowance;
  if (period === undefined || !hasEnded(allowance, clock.now)) return allowance;
  const packBytes = period.packsEnd === "period" ? 0 : leftOf(allowance, totalBytes).packBytes;
  return {
    limitBytes: period.limitBytes + packBytes,
    baseBytes: totalBytes,
    packBytes,
    period: { ...period, endsAt: nextEnd(period.kind, period.endsAt, clock) },
  };
}

/** When time is given, and whether its subscription has time left. */
export interface GivenAt extends ShopClock {
  readonly hasTime: boolean;
}

/**
 * The allowance after time was given. Without a period, all of the plan's traffic is added to what
 * was left. A period goes on as it is while time and traffic are left; otherwise one begins, and
 * what a plan without a period had left is added to the first.
 */
export function allowanceAfter(
  before: Allowance,
  { trafficLimitBytes: given, limitPeriod: kind, packsEnd = "usedUp" }: TrafficTerms,
  totalBytes: number,
  at: GivenAt,
): Allowance {
  if (given === undefined) {
    return { limitBytes: undefined, baseBytes: totalBytes, packBytes: 0, period: undefined };
  }
  const had = allowanceAt(before, totalBytes, at);
  const left = leftOf(had, totalBytes);
  const { packBytes } = left;
  const isSame = had.period?.kind === kind && had.period?.limitBytes === given;
  if (kind !== undefined && isSame && at.hasTime && !isUsedUp(had, totalBytes)) {
    return { ...had, period: had.period && { ...had.period, packsEnd } };
  }
  const kept = kind === undefined || had.period === undefined ? left.planBytes : 0;
  return {
    limitBytes: kept + packBytes + given,
    baseBytes: totalBytes,
    packBytes,
    period: kind && { kind, limitBytes: given, endsAt: firstEnd(kind, at), packsEnd },
  };
}
