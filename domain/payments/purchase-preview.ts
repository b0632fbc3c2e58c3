import { enter, leftMs, replay, type TimeAccount, type TimeEntry } from "../access/time-lots.ts";
import type { Money } from "../money.ts";
import { dayMs, type Instant } from "../time.ts";
import type { Plan } from "./plan.ts";

/** How a purchase would change a customer's time. */
export interface PurchasePreview {
  /** When access would end. */
  readonly until: Instant;
  /** Bought time that is left now, and what it becomes under the plan. Free time stays as it is. */
  readonly boughtMs: number;
  readonly becomesMs: number;
}

/** Previews a purchase at a moment, by the same rules with which it is booked. */
export function previewPurchase(
  time: readonly TimeEntry[],
  { plan, price }: { readonly plan: Plan; readonly price: Money },
  now: Instant,
): PurchasePreview {
  const account = replay(time);
  const nothing = { kind: "admin", cause: "preview/now", ms: 0, at: now } as const;
  const ms = Math.round(plan.days * dayMs);
  const { code, version, days, deviceLimit, prices } = plan;
  const terms = { code, version, days, deviceLimit, prices };
  const bought = { kind: "payment", cause: "preview/bought", ms, price, terms, at: now } as const;
  const after = enter(account, bought);
  return {
    until: after.paidUntil ?? now,
    boughtMs: leftOfBought(enter(account, nothing)),
    becomesMs: leftOfBought(after) - ms,
  };
}

const leftOfBought = (account: TimeAccount): number =>
  leftMs({ ...account, lots: account.lots.filter(({ price }) => price !== undefined) });
