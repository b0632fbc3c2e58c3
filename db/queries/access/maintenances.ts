import type { MaintenanceTexts } from "../../../domain/access/maintenance.ts";
import {
  type HostId,
  hostId,
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
} from "../../../domain/ids.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { countAll, countWhere, moment } from "../../expressions.ts";
import { type EntityManager, type Queries, queriesOf } from "../../orm.ts";
import { sql } from "../../prepared.ts";

/** A maintenance that is over, as far as it says who was concerned. */
export interface Ended {
  readonly hostId: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/**
 * The subscriptions that had an access on a host during its maintenance, and from when to when. A
 * device that has moved is concerned until its new host has had it.
 */
export function selectConcerned(db: Queries, { hostId, startedAt, endedAt }: Ended) {
  // Kysely has neither least nor greatest, and this reads better whole.
  const followed = sql<Date>`(select min(n.given_at) from accesses n
    where n.device_id = a.device_id and n.host_id <> a.host_id and n.created_at > a.created_at)`;
  const spans = db
    .selectFrom("accesses as a")
    .select("a.subscriptionId as about")
    .select(
      sql<Date>`greatest(coalesce(a.placed_at, a.created_at), ${moment(startedAt)})`.as("begins"),
    )
    .select(sql<Date>`least(a.retired_at, ${followed}, ${moment(endedAt)})`.as("ends"))
    .where("a.hostId", "=", hostId);
  return db
    .selectFrom(spans.as("c"))
    .select("c.about")
    .select((of) => [of.fn.min("c.begins").as("begins"), of.fn.max("c.ends").as("ends")])
    .whereRef("c.begins", "<", "c.ends")
    .groupBy("c.about");
}

/** A maintenance of a host, for admins; numbers are of subscriptions. */
export interface MaintenanceDetails {
  readonly id: string;
  readonly texts: MaintenanceTexts;
  readonly until: Instant | undefined;
  readonly startedAt: Instant;
  /** Undefined: it lasts. */
  readonly endedAt: Instant | undefined;
  /** Undefined: nobody has asked for it. */
  readonly giveBack: "running" | "done" | undefined;
  /** How many had an access on the host, as far as it has lasted. */
  readonly concerned: number;
  /** Of these, looked at; and given something back. */
  readonly handled: number;
  readonly given: number;
}

/** A maintenance of hosts that a customer has access on. */
export interface OwnMaintenance {
  readonly texts: MaintenanceTexts;
  readonly until: Instant | undefined;
  /** The subscription that is concerned. */
  readonly about: SubscriptionId;
  /** All its hosts are worked on: nothing is charged for it meanwhile. */
  readonly isWhole: boolean;
}

/** Maintenances, for display. */
export class MaintenanceQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The last maintenance of a host; undefined: there was none. */
  async findLast(of: HostId, now: Instant): Promise<MaintenanceDetails | undefined> {
    const db = queriesOf(this.#em);
    const row = await db
      .selectFrom("host_maintenances")
      .select(["id", "hostId", "texts", "until", "startedAt", "endedAt", "giveBack"])
      .where("hostId", "=", of as string)
      .orderBy("startedAt", "desc")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const startedAt = instant(row.startedAt);
    const endedAt = row.endedAt === null ? undefined : instant(row.endedAt);
    const ended = { hostId: row.hostId, startedAt, endedAt: endedAt ?? now };
    const { concerned } = await db
      .selectFrom(selectConcerned(db, ended).as("all"))
      .select(countAll.as("concerned"))
      .executeTakeFirstOrThrow();
    const done = await countGiven(db, row.id);
    return {
      id: row.id,
      texts: row.texts,
      until: row.until === null ? undefined : instant(row.until),
      startedAt,
      endedAt,
      giveBack: row.giveBack ?? undefined,
      concerned,
      ...done,
    };
  }

  /** The host of a maintenance; undefined: there is no such maintenance. */
  async findHost(id: string): Promise<HostId | undefined> {
    const query = queriesOf(this.#em).selectFrom("host_maintenances").select("hostId");
    const row = await query.where("id", "=", id).executeTakeFirst();
    return row && hostId(row.hostId);
  }

  /** The maintenances that last on hosts of a customer's devices, for each subscription. */
  async listOwn(of: TelegramId): Promise<OwnMaintenance[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("customers as c")
      .innerJoin("subscriptions as s", "s.customerId", "c.id")
      .innerJoin("accesses as a", "a.subscriptionId", "s.id")
      .innerJoin("hosts as h", "h.id", "a.hostId")
      .innerJoin("host_maintenances as m", "m.id", "h.maintenanceId")
      .select(["m.id", "m.texts", "m.until", "s.id as about", isOnlyMaintained.as("isWhole")])
      .distinct()
      .where("c.telegramId", "=", of as number)
      .where("a.retiredAt", "is", null)
      .where("s.revokedAt", "is", null)
      .orderBy("m.id")
      .execute();
    return rows.map(({ texts, until, about, isWhole }) => ({
      texts,
      until: until === null ? undefined : instant(until),
      about: subscriptionId(about),
      isWhole,
    }));
  }
}

/** Whether a subscription, `subscriptions as s`, has devices on hosts, all of which are worked on. */
export const isOnlyMaintained = sql<boolean>`coalesce((
  select bool_and(h.maintenance_id is not null) from accesses a join hosts h on h.id = a.host_id
   where a.subscription_id = s.id and a.retired_at is null), false)`;

/** How many subscriptions a give-back has looked at, and given something. */
export const countGiven = (db: Queries, maintenanceId: string) =>
  db
    .selectFrom("give_backs")
    .select((of) => [countAll.as("handled"), countWhere(of("ms", ">", 0)).as("given")])
    .where("maintenanceId", "=", maintenanceId)
    .executeTakeFirstOrThrow();
