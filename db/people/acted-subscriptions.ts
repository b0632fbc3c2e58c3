import type { AdminAct } from "../../domain/people/admin-act.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";

/** All of a customer's subscriptions, in the order in which traffic is counted for them. */
export const lockSubscriptionsOf = (db: Queries, customer: string) =>
  db
    .selectFrom("subscriptions")
    .select(["id", "number", "paidUntil", "revokedAt"])
    .where("customerId", "=", customer)
    .orderBy("id")
    .forUpdate()
    .execute();

/** One of them. */
export type SubscriptionRow = Awaited<ReturnType<typeof lockSubscriptionsOf>>[number];

/** What an act on a customer is about. */
export interface ActedRows {
  /** What the act is about. */
  readonly row: SubscriptionRow | undefined;
  /** All that the customer has. */
  readonly rows: readonly SubscriptionRow[];
}

/** The subscription that an act names; else the first, of those that were not ended if there are. */
export function actedSubscription(
  act: AdminAct,
  rows: readonly SubscriptionRow[],
): SubscriptionRow | undefined {
  const named = "subscription" in act ? act.subscription : undefined;
  if (named !== undefined) return rows.find(({ id }) => id === (named as string));
  const listed = rows
    .filter(({ number }) => number !== null)
    .toSorted((one, other) => (one.number ?? 0) - (other.number ?? 0));
  // What an approval gave is the first.
  if (act.kind === "undo") return listed[0];
  return listed.find(({ revokedAt }) => revokedAt === null) ?? listed[0];
}

/** Whether an act is about the customer, and so about all of their subscriptions. */
export const isOnAll = (act: AdminAct["kind"]): boolean => act === "block" || act === "unblock";

/** When the time ends that these subscriptions still have: that of the last. */
export function timeLeft(rows: readonly SubscriptionRow[], now: Instant): Instant | undefined {
  const ends = rows.flatMap(({ paidUntil, revokedAt }) =>
    revokedAt === null && paidUntil !== null && paidUntil > new Date(now) ? [paidUntil] : [],
  );
  const last = ends.toSorted((one, other) => one.getTime() - other.getTime()).at(-1);
  return last && instant(last);
}
