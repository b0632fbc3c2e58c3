import type { Money } from "../money.ts";
import type { GatewayName } from "../payments/payment.ts";
import type { Instant } from "../time.ts";
import { addDays, dayAt, startOfDay } from "../zone.ts";

/** The periods of which admins see figures: today, and the last 7 or 30 days, today among them. */
export const figurePeriods = ["today", "week", "month"] as const;

/** One of `figurePeriods`. */
export type FigurePeriod = (typeof figurePeriods)[number];

const daysOf = { today: 1, week: 7, month: 30 } as const;

/** When a period began; its days are those of the shop's zone. */
export function startOfPeriod(period: FigurePeriod, now: Instant, zone: string): Instant {
  return startOfDay(addDays(dayAt(now, zone), 1 - daysOf[period]), zone);
}

/** What one gateway has received in one currency. */
export interface GatewayIncome {
  readonly gateway: GatewayName;
  readonly amount: Money;
}

/** How the shop does: in a period, and as it is now. */
export interface Figures {
  /**
   * What gateways received in the period, unmatched payments too, before fees and refunds, by
   * currency and gateway.
   */
  readonly income: readonly GatewayIncome[];
  /** What of this income is unmatched and waits for a decision, by currency. */
  readonly unmatchedIncome: readonly Money[];
  /** What gateways gave back in the period, whenever it had come, by currency. */
  readonly returned: readonly Money[];
  /** How often time was bought in the period, from the balance as well. */
  readonly sales: number;
  /** How many charges have topped up a balance in the period. */
  readonly topUps: number;
  /** Who pressed Start first in the period. */
  readonly newPeople: number;
  /** Events of the period that gateways had not reported by themselves. */
  readonly found: number;
  /** Bytes of the period, whose days are those of UTC here. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Who may connect now. */
  readonly active: number;
  /** Approvals that wait for a decision. */
  readonly waiting: number;
  /** Conversations in which the customer waits for an answer. */
  readonly questions: number;
  /** Unmatched payments that wait for a decision. */
  readonly unmatched: number;
  readonly devices: number;
  readonly online: number;
}
