import { sql } from "kysely";
import type { Instant } from "../../../domain/time.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { mayConnect, stateAt } from "../access/access-rights.ts";

type Counts = ReadonlyMap<string, number>;

/** Business figures at a moment, each counted by a label. */
export interface BusinessCounts {
  readonly subscriptions: Counts;
  readonly customers: Counts;
  readonly peers: Counts;
  readonly payments: Counts;
  readonly findings: Counts;
  /** Unmatched transfers that are too small to be handled. */
  readonly dust: Counts;
  readonly unmatched: Counts;
  readonly quarantine: Counts;
}

const amount = sql<string>`count(1)`.as("amount");

/**
 * Counts for the metrics: subscriptions by state, customers by status, the rest by
 * host, state or gateway.
 */
export async function countBusiness(em: EntityManager, now: Instant): Promise<BusinessCounts> {
  const db = queriesOf(em);
  const owned = db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId");
  const findings = db
    .selectFrom("findings")
    .select(["gateway as label", amount])
    .groupBy("gateway");
  const queries = {
    subscriptions: owned.select([stateAt(now).as("label"), amount]).groupBy("label"),
    customers: db.selectFrom("customers").select(["status as label", amount]).groupBy("status"),
    peers: db
      .selectFrom("hosts as h")
      .leftJoin("accesses as a", (join) =>
        join
          .onRef("a.hostId", "=", "h.id")
          .on("a.retiredAt", "is", null)
          .on("a.subscriptionId", "in", owned.select("s.id").where(mayConnect(now))),
      )
      .select(["h.name as label", sql<string>`count(a.id)`.as("amount")])
      .groupBy("h.name"),
    payments: db.selectFrom("payments").select(["state as label", amount]).groupBy("state"),
    findings: findings.where("kind", "<>", "dust"),
    dust: findings.where("kind", "=", "dust"),
    unmatched: db
      .selectFrom("unmatched")
      .select(["gateway as label", amount])
      .where("state", "=", "open")
      .groupBy("gateway"),
    quarantine: db
      .selectFrom("quarantine")
      .select(["gateway as label", amount])
      .where("resolvedAt", "is", null)
      .groupBy("gateway"),
  };
  const counted = await Promise.all(
    Object.entries(queries).map(async ([name, query]) => {
      const rows: { readonly label: string; readonly amount: string }[] = await query.execute();
      return [name, new Map(rows.map((row) => [row.label, Number(row.amount)]))] as const;
    }),
  );
  return Object.fromEntries(counted) as unknown as BusinessCounts;
}
