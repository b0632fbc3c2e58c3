import { onlineForMs } from "../../../domain/access/traffic.ts";
import { sql } from "kysely";
import { type Money, money } from "../../../domain/money.ts";
import {
  type FigurePeriod,
  type Figures,
  type GatewayIncome,
  startOfPeriod,
} from "../../../domain/operations/figures.ts";
import { balanceGateway, gatewayName } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";
import { dayAt } from "../../../domain/zone.ts";
import { countAll, countDistinct, sumOf } from "../../expressions.ts";
import { type EntityManager, queriesOf, type Queries } from "../../orm.ts";
import { mayConnect } from "../access/access-rights.ts";

/** Figures for admins: see `Figures`. */
export class FigureQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The figures of a period whose days are those of `zone`. */
  count(period: FigurePeriod, now: Instant, zone: string): Promise<Figures> {
    return countFigures(queriesOf(this.#em), { since: startOfPeriod(period, now, zone), now });
  }
}

/** From when, and to when, figures are counted; without `until`, to `now`. */
export interface CountedPeriod {
  readonly since: Instant;
  readonly until?: Instant;
  readonly now: Instant;
}

/** The figures from `since` on; what is true now is as of `now`. */
export async function countFigures(db: Queries, counted: CountedPeriod): Promise<Figures> {
  const [income, unmatchedIncome, returned, traffic, counts] = await Promise.all([
    listIncome(db, counted),
    listUnmatchedIncome(db, counted),
    listReturned(db, counted),
    sumTraffic(db, counted),
    countRows(db, counted),
  ]);
  return {
    income,
    unmatchedIncome,
    returned,
    ...traffic,
    sales: (counts.plansSold ?? 0) + (counts.addOnsSold ?? 0),
    topUps: counts.topUps ?? 0,
    newPeople: counts.newPeople ?? 0,
    found: counts.found ?? 0,
    active: counts.active ?? 0,
    waiting: counts.waiting ?? 0,
    questions: counts.questions ?? 0,
    unmatched: counts.unmatched ?? 0,
    devices: counts.devices ?? 0,
    online: counts.online ?? 0,
  };
}

/** Charges and unmatched payments: whatever a gateway has received. */
async function listIncome(
  db: Queries,
  { since, until, now }: CountedPeriod,
): Promise<GatewayIncome[]> {
  const from = new Date(since);
  const to = new Date(until ?? now);
  const rows = await db
    .selectFrom((of) =>
      of
        .selectFrom("charges")
        .select(["gateway", "currency", "paidMinor as minor"])
        .where("paidAt", ">=", from)
        .where("paidAt", "<", to)
        .where("gateway", "<>", balanceGateway)
        .unionAll(
          of
            .selectFrom("unmatched")
            .select(["gateway", "currency", "minor"])
            .where("at", ">=", from)
            .where("at", "<", to)
            .where("minor", ">", 0),
        )
        .as("received"),
    )
    .select((of) => ["gateway", "currency", sumOf(of.ref("minor")).as("sum")])
    .groupBy(["gateway", "currency"])
    .orderBy("currency")
    .orderBy("gateway")
    .execute();
  return rows.map(({ gateway, currency, sum }) => ({
    gateway: gatewayName(gateway),
    amount: money(sum, currency),
  }));
}

/** Without what was returned of it already. */
async function listUnmatchedIncome(
  db: Queries,
  { since, until, now }: CountedPeriod,
): Promise<Money[]> {
  const rows = await db
    .selectFrom("unmatched")
    .select("currency")
    .select((of) => sumOf(sql<number>`${of.ref("minor")} - ${of.ref("returnedMinor")}`).as("sum"))
    .where("at", ">=", new Date(since))
    .where("at", "<", new Date(until ?? now))
    .where("state", "in", ["open", "refunding"])
    .groupBy("currency")
    .orderBy("currency")
    .execute();
  return rows.filter(({ sum }) => sum > 0).map(({ currency, sum }) => money(sum, currency));
}

/** By the ledger, since a charge that is returned in parts does not say when each was. */
async function listReturned(db: Queries, { since, until, now }: CountedPeriod): Promise<Money[]> {
  const rows = await db
    .selectFrom("ledger_entries")
    .select("currency")
    .select((of) => sumOf(of.neg(of.ref("minor"))).as("sum"))
    .where("recordedAt", ">=", new Date(since))
    .where("recordedAt", "<", new Date(until ?? now))
    // As the index has it.
    .where(sql<boolean>`account like 'gateway:%' and minor < 0`)
    .where("fact", "~", "/returned/[0-9]+$")
    .groupBy("currency")
    .orderBy("currency")
    .execute();
  return rows.map(({ currency, sum }) => money(sum, currency));
}

const sumTraffic = (db: Queries, { since, until, now }: CountedPeriod) =>
  db
    .selectFrom("traffic_daily")
    .select((of) => [
      sumOf(of.ref("uploaded")).as("uploaded"),
      sumOf(of.ref("downloaded")).as("downloaded"),
    ])
    .where("day", ">=", dayAt(since, "UTC"))
    .where("day", "<=", dayAt(until ?? now, "UTC"))
    .executeTakeFirstOrThrow();

const count = countAll.as("count");

/** Everything that is a number of rows, in one statement. */
function countRows(db: Queries, { since, until, now }: CountedPeriod) {
  const from = new Date(since);
  const to = new Date(until ?? now);
  const onlineSince = new Date(Date.parse(now) - onlineForMs);
  return db
    .selectNoFrom((of) => [
      of
        .selectFrom("time_lots")
        .select(count)
        .where("kind", "=", "payment")
        .where("at", ">=", from)
        .where("at", "<", to)
        .as("plansSold"),
      of
        .selectFrom("add_ons")
        .select(count)
        .where("at", ">=", from)
        .where("at", "<", to)
        .as("addOnsSold"),
      of
        .selectFrom("charges as h")
        .innerJoin("payments as p", "p.id", "h.paymentId")
        .select(count)
        .where("p.extra", "=", "topUp")
        .where("h.paidMinor", "is not", null)
        .where("h.paidAt", ">=", from)
        .where("h.paidAt", "<", to)
        .as("topUps"),
      of
        .selectFrom("customers")
        .select(count)
        .where("role", "=", "customer")
        .where("createdAt", ">=", from)
        .where("createdAt", "<", to)
        .as("newPeople"),
      of
        .selectFrom("findings")
        .select(count)
        .where("foundAt", ">=", from)
        .where("foundAt", "<", to)
        .as("found"),
      of
        .selectFrom("subscriptions as s")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .select((it) => countDistinct(it.ref("c.id")).as("count"))
        .where(mayConnect(now))
        .as("active"),
      of.selectFrom("approvals").select(count).where("state", "=", "open").as("waiting"),
      of.selectFrom("tickets").select(count).where("state", "=", "open").as("questions"),
      of.selectFrom("unmatched").select(count).where("state", "=", "open").as("unmatched"),
      of.selectFrom("devices").select(count).where("revokedAt", "is", null).as("devices"),
      of
        .selectFrom("traffic_counters")
        .select((it) => countDistinct(it.ref("deviceId")).as("count"))
        .where("lastHandshakeAt", ">", onlineSince)
        .as("online"),
    ])
    .executeTakeFirstOrThrow();
}
