import type { Instant } from "../../../domain/time.ts";
import { countAll, countOf } from "../../expressions.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { isRetired, mayConnect, stateAt } from "../access/access-rights.ts";

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

const amount = countAll.as("amount");

interface Labelled {
  readonly label: string;
  readonly amount: number;
}

const count = async (query: { execute(): Promise<readonly Labelled[]> }): Promise<Counts> =>
  new Map((await query.execute()).map(({ label, amount: counted }) => [label, counted]));

/**
 * Counts for the metrics: subscriptions by state, customers by status, the rest by host,
 * state or gateway.
 */
export async function countBusiness(em: EntityManager, now: Instant): Promise<BusinessCounts> {
  const db = queriesOf(em);
  const owned = db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId");
  const peersOfHosts = db
    .selectFrom("hosts as h")
    .leftJoin("accesses as a", (join) =>
      join
        .onRef("a.hostId", "=", "h.id")
        .on((on) => on.not(isRetired(now)))
        .on("a.subscriptionId", "in", owned.select("s.id").where(mayConnect(now))),
    )
    .select((of) => ["h.name as label", countOf(of.ref("a.id")).as("amount")])
    .groupBy("h.name");
  const findingsOf = db
    .selectFrom("findings")
    .select(["gateway as label", amount])
    .groupBy("gateway");
  const unmatchedOf = db
    .selectFrom("unmatched")
    .select(["gateway as label", amount])
    .where("state", "=", "open")
    .groupBy("gateway");
  const quarantineOf = db
    .selectFrom("quarantine")
    .select(["gateway as label", amount])
    .where("resolvedAt", "is", null)
    .groupBy("gateway");
  const customersOf = db
    .selectFrom("customers")
    .select(["status as label", amount])
    .groupBy("status");
  const paymentsOf = db.selectFrom("payments").select(["state as label", amount]).groupBy("state");
  const [subscriptions, customers, peers, payments, ...others] = await Promise.all([
    count(
      owned
        .where("s.number", "is not", null)
        .select([stateAt(now).as("label"), amount])
        .groupBy("label"),
    ),
    count(customersOf),
    count(peersOfHosts),
    count(paymentsOf),
    count(findingsOf.where("kind", "<>", "dust")),
    count(findingsOf.where("kind", "=", "dust")),
    count(unmatchedOf),
    count(quarantineOf),
  ]);
  const [findings, dust, unmatched, quarantine] = others;
  return { subscriptions, customers, peers, payments, findings, dust, unmatched, quarantine };
}
