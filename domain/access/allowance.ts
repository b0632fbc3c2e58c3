/**
 * How much a subscription may move; both in bytes, counted as hosts count: up and down together.
 */
export interface Allowance {
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined;
  /** What had been moved when this allowance began. */
  readonly baseBytes: number;
}

/** Whether `totalBytes`, all that the subscription has ever moved, exhausts the allowance. */
export const isUsedUp = ({ limitBytes, baseBytes }: Allowance, totalBytes: number): boolean =>
  limitBytes !== undefined && totalBytes - baseBytes >= limitBytes;

/** Its owner is told when no more than one part in so many is left. */
const lowParts = 5;

/** How much is left, where little is: at least four fifths are used, and not all. */
export function lowLeft(
  { limitBytes, baseBytes }: Allowance,
  totalBytes: number,
): number | undefined {
  if (limitBytes === undefined) return undefined;
  const left = limitBytes - (totalBytes - baseBytes);
  return left > 0 && left * lowParts <= limitBytes ? left : undefined;
}

/** The allowance after time was given: what was left of the old one plus all of the plan's. */
export function allowanceAfter(
  { limitBytes, baseBytes }: Allowance,
  planLimitBytes: number | undefined,
  totalBytes: number,
): Allowance {
  if (planLimitBytes === undefined) return { limitBytes: undefined, baseBytes: totalBytes };
  const used = totalBytes - baseBytes;
  const left = limitBytes === undefined ? 0 : Math.max(0, limitBytes - used);
  return { limitBytes: left + planLimitBytes, baseBytes: totalBytes };
}
