import { planSummary } from "../../domain/operations/daily-summary.ts";
import { summaryMessages } from "../../domain/messaging/announcements.ts";
import type { Instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import { type EntityManager, inTransaction } from "../orm.ts";
import { findAllowed } from "../people/customers.ts";
import { loadShopSettings } from "../queries/operations/shop-settings.ts";

/**
 * Writes the summary of a day to every admin where it is due, once for each day and admin. A day
 * before the shop had its first customer is not summed up.
 * @returns when the next one is due; undefined: the shop wants none.
 */
export function writeSummaryOnce(em: EntityManager, now: Instant): Promise<Instant | undefined> {
  return inTransaction(em, async (db) => {
    const plan = planSummary(await loadShopSettings(db), now);
    if (plan?.day === undefined) return plan?.next;
    const { day, hasSales, zone, dayEndedAt } = plan;
    const first = await db
      .selectFrom("customers")
      .select("id")
      .where("createdAt", "<", new Date(dayEndedAt))
      .limit(1)
      .executeTakeFirst();
    if (first !== undefined) {
      const admins = await findAllowed(db, "receiveSales");
      await enqueue(db, summaryMessages(admins, { day, zone, hasSales }));
    }
    return plan.next;
  });
}
