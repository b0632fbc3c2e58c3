import type { AccessTerms } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { endOfGrace } from "../queries/access/access-rights.ts";

/** When a right ends: its device's own, or that of its subscription. `least` has no builder. */
export const endOfRight = sql<Date | null>`least(${sql.ref("a.endsAt")}, ${endOfGrace})`;

/** What a device's access is for: one device, unless it was another number where it comes from. */
const usualDeviceLimit = 1;

/** The terms of an access whose right ends at `end`. */
export const termsOf = (row: {
  /** PostgreSQL's text of the moment, or the moment. */
  readonly end: Date | string | null;
  readonly limitBytes: number | null;
  /** 0: any number. */
  readonly deviceLimit: number | null;
}): AccessTerms => ({
  endsAt: row.end === null ? undefined : instant(row.end),
  limitBytes: row.limitBytes ?? undefined,
  deviceLimit: (row.deviceLimit ?? usualDeviceLimit) || undefined,
});

/** Bytes by which a stored limit may differ from the right one before it is written again. */
const tolerance = 64 * 2 ** 20;

/**
 * Writes what the counters of a host's users may show before the panel stops them: what they show
 * now, and what is left to the subscription. Several devices share what is left, so that the limit
 * of one falls with what another moves; the panel is told in steps. The books let nobody in who
 * has nothing left, whatever the panel's limit is.
 */
export async function writeLimits(db: Queries, hostId: HostId, now: Instant): Promise<void> {
  // A period that has ended has left what it will have at least once its end is booked.
  const left = sql<number>`case when s.traffic_period_ends_at <= ${now}::timestamptz
    then s.traffic_period_bytes
    else s.traffic_limit_bytes - (s.moved_bytes - s.traffic_base_bytes) end`;
  const wanted = sql<number | null>`
    greatest(1, coalesce(t.uploaded_raw + t.downloaded_raw, 0) + (${left}))`;
  // `is distinct from` beside arithmetic on nulls has no builder.
  await sql`
    update accesses a set limit_bytes = w.wanted
      from (select a.id, case when s.traffic_limit_bytes is null then null else ${wanted} end
              from accesses a
              join subscriptions s on s.id = a.subscription_id
              left join traffic_counters t on t.identity = a.identity
             where a.host_id = ${hostId} and a.removed_at is null
               and (s.traffic_limit_bytes is null or (${left}) > 0)) as w (id, wanted)
     where a.id = w.id and a.limit_bytes is distinct from w.wanted
       and (a.limit_bytes is null or w.wanted is null
            or abs(a.limit_bytes - w.wanted) > ${tolerance}::bigint)`.execute(db);
}
