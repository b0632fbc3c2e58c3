import { type Instant, toMs } from "../time.ts";
import { addDays, type Day, dayAt, hourOf, startOfDay } from "../zone.ts";
import type { SettingKey, ShopSettings } from "./shop-settings.ts";

/** Where sales are told once a day and no hour is set, they are told at this one. */
const usualHour = 9;

/** The settings that decide when a summary is sent: a change of one is a new plan. */
export const summarySettings: readonly SettingKey[] = ["zone", "sale-notices", "summary-hour"];

/** What is due now, and when to look again. */
export interface SummaryPlan {
  /** The day that is summed up; undefined: today's hour has not come. */
  readonly day: Day | undefined;
  /** When that day was over. */
  readonly dayEndedAt: Instant;
  /** When the next summary is due. */
  readonly next: Instant;
  readonly hasSales: boolean;
  /** The shop's, whose days these are. */
  readonly zone: string;
}

/**
 * Each day at the shop's hour the day before is summed up, later where nobody was there to do it.
 * Undefined: the shop wants no summaries.
 */
export function planSummary(
  { summaryHour, saleNotices, zone }: Pick<ShopSettings, "summaryHour" | "saleNotices" | "zone">,
  now: Instant,
): SummaryPlan | undefined {
  const hasSales = saleNotices === "digest";
  const hour = summaryHour ?? (hasSales ? usualHour : undefined);
  if (hour === undefined) return undefined;
  const today = dayAt(now, zone);
  const dueAt = hourOf(today, hour, zone);
  const isDue = toMs(now) >= toMs(dueAt);
  return {
    day: isDue ? addDays(today, -1) : undefined,
    dayEndedAt: startOfDay(today, zone),
    next: isDue ? hourOf(addDays(today, 1), hour, zone) : dueAt,
    hasSales,
    zone,
  };
}
