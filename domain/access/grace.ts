import type { Plan } from "../payments/plan.ts";
import { dayMs } from "../time.ts";

/** Time as it is after a booking. */
export interface BookedTime {
  /** How much of it is left, in milliseconds. */
  readonly leftMs: number;
  /** The plan with which some of it was bought now; undefined: none was. */
  readonly bought: Pick<Plan, "graceDays"> | undefined;
}

/**
 * For how many milliseconds a customer stays connected after their time. Grace follows time that
 * has run out, and not time that was returned or taken: who has none left is out at once. `ofPlan`:
 * as the plan that the subscription has says, also after a return that has failed.
 */
export function graceAfter({ leftMs, bought }: BookedTime): number | "ofPlan" {
  if (leftMs <= 0) return 0;
  return bought === undefined ? "ofPlan" : (bought.graceDays ?? 0) * dayMs;
}
