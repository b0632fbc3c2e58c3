import { isUsedUp, lowLeft } from "../../domain/access/allowance.ts";
import type { ShopClock } from "../../domain/access/limit-period.ts";
import { type HostId, type SubscriptionId, telegramId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { lockByName } from "../advisory-lock.ts";
import { enqueue } from "../messaging/messages.ts";
import { notify } from "../notifications.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { allowanceOf, bookNextPeriod, loadZone } from "./allowances.ts";
import { endFollowed } from "./moved-accesses.ts";
import { lockSubscription } from "./subscriptions.ts";

/** A host's raw counter of one identity. */
export interface RawCounter {
  readonly identity: string;
  /** Undefined: that of the reading. */
  readonly epoch?: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly lastHandshakeAt: Instant | undefined;
}

/** Counters that were read from one host in one epoch, at one moment. */
export interface CounterReading {
  readonly hostId: HostId;
  readonly epoch: string;
  readonly counters: readonly RawCounter[];
  readonly now: Instant;
}

/** A subscription whose traffic has become low, or is used up, by a reading. */
interface Crossed {
  readonly id: SubscriptionId;
  readonly owner: number;
  /** Its owner has a right to access: others are not notified. */
  readonly hasRight: boolean;
  /** PostgreSQL's text of the end of its period, which may have ended; null: it has none. */
  readonly endsAt: string | null;
  readonly hasEnded: boolean;
  /** How much it moved by this reading. */
  readonly moved: number;
  /** PostgreSQL's text of the moment. */
  readonly paidUntil: string;
  readonly leftBytes: number;
  /** The total at which the allowance ends: another one for each allowance. */
  readonly endBytes: number;
  readonly canBuy: boolean;
}

/**
 * Adds the traffic since the last reading to each identity's counters, its device's day on this
 * host and its subscription's sum, in one statement. The same reading twice adds nothing;
 * identities that were never ours are skipped. An access whose successor was used ends. Owners
 * whose allowance is low or used up by it are notified, and all
 * hosts are woken where one is used up. Call it in a transaction.
 */
export async function recordTraffic(db: Queries, read: CounterReading): Promise<void> {
  if (read.counters.length === 0) return;
  // Concurrent readings of one host are serialized: the second adds nothing.
  await lockByName(db, `traffic/${read.hostId}`);
  const touched = await addTraffic(db, read);
  await endFollowed(db, read.hostId, read.now);
  const crossed = touched.filter(({ hasEnded, hasRight }) => !hasEnded && hasRight);
  const ended = touched.filter(({ hasEnded }) => hasEnded);
  if (ended.length > 0) {
    const clock = { now: read.now, zone: await loadZone(db) };
    for (const row of ended) crossed.push(...(await countInNext(db, row, clock)));
  }
  if (crossed.length === 0) return;
  await enqueue(db, crossed.map(noticeAbout));
  if (crossed.some(({ leftBytes }) => leftBytes <= 0)) await notify(db, "hosts");
}

function noticeAbout({ id, owner, leftBytes, endBytes, ...row }: Crossed): OutgoingMessage {
  const until = instant(row.paidUntil);
  const to = telegramId(owner);
  const sold = row.canBuy ? { canBuy: true as const } : {};
  const of = `${id}/${until}/${endBytes}`;
  const again = row.endsAt === null ? {} : { againAt: instant(row.endsAt) };
  const more = { until, ...again, ...sold };
  return leftBytes > 0
    ? noticeTo(to, `traffic-low/${of}`, { kind: "trafficLow", leftBytes, ...more }, id)
    : noticeTo(to, `used-up/${of}`, { kind: "trafficUsedUp", ...more }, id);
}

/**
 * Books the end of a period, which this reading has locked, as before the reading: all of its bytes
 * are in the period now. Answers with it where that is worth a notice.
 */
async function countInNext(db: Queries, row: Crossed, clock: ShopClock): Promise<Crossed[]> {
  const locked = await lockSubscription(db, row.id);
  if (locked === undefined) return [];
  const { movedBytes } = locked;
  const after = allowanceOf(
    await bookNextPeriod(db, { ...locked, movedBytes: movedBytes - row.moved }, clock),
  );
  const { limitBytes, baseBytes, period } = after;
  const isNews = isUsedUp(after, movedBytes) || lowLeft(after, movedBytes) !== undefined;
  if (limitBytes === undefined || !isNews || !row.hasRight) return [];
  const endBytes = baseBytes + limitBytes;
  return [{ ...row, leftBytes: endBytes - movedBytes, endBytes, endsAt: period?.endsAt ?? null }];
}

const rowOf = (counter: RawCounter) => ({
  identity: counter.identity,
  epoch: counter.epoch,
  up: counter.uploadedBytes,
  down: counter.downloadedBytes,
  handshake_at: counter.lastHandshakeAt,
});

/**
 * What each identity of ours has moved since the reading before; nothing for an equal reading. SQL,
 * because it is a part of the statement below.
 */
const selectReadings = ({ epoch, counters }: CounterReading) => sql`
      select u.identity, of.epoch, u.up, u.down, u.handshake_at, a.device_id, a.subscription_id,
             u.up - case when w.on then t.uploaded_raw else 0 end as moved_up,
             u.down - case when w.on then t.downloaded_raw else 0 end as moved_down
        -- As one text: the driver takes three times as long to write arrays.
        from jsonb_to_recordset(${JSON.stringify(counters.map(rowOf))}::jsonb) as u
             (identity text, epoch text, up bigint, down bigint, handshake_at timestamptz)
             join accesses a on a.identity = u.identity
             left join traffic_counters t on t.identity = u.identity
             cross join lateral (select coalesce(u.epoch, ${epoch}::text)) as of (epoch)
             cross join lateral (select t.epoch = of.epoch
               and u.up >= t.uploaded_raw and u.down >= t.downloaded_raw) as w ("on")
       where t.identity is null or t.epoch <> of.epoch
          or (t.uploaded_raw, t.downloaded_raw) <> (u.up, u.down)
          or t.last_handshake_at is distinct from coalesce(u.handshake_at, t.last_handshake_at)`;

/**
 * Applies the domain's `trafficSince` to all counters at once. The statement is whole: its steps
 * are insertions from one materialized reading with conflicts on aliased tables, which MikroORM's
 * names do not reach. `traffic.test.ts` compares it with the domain.
 */
async function addTraffic(db: Queries, read: CounterReading): Promise<Crossed[]> {
  const { now } = read;
  const { rows } = await sql<Crossed>`
    with readings as materialized (${selectReadings(read)}),
    counted as (
      insert into traffic_counters as t (identity, device_id, epoch, uploaded_raw, downloaded_raw,
                                         uploaded, downloaded, last_handshake_at, updated_at)
      select identity, device_id, epoch, up, down, moved_up, moved_down, handshake_at,
             ${now}::timestamptz
        from readings
      on conflict (identity) do update set
        epoch = excluded.epoch, uploaded_raw = excluded.uploaded_raw,
        downloaded_raw = excluded.downloaded_raw, uploaded = t.uploaded + excluded.uploaded,
        downloaded = t.downloaded + excluded.downloaded, updated_at = excluded.updated_at,
        last_handshake_at = coalesce(excluded.last_handshake_at, t.last_handshake_at)),
    daily as (
      insert into traffic_daily as t (device_id, day, host_id, uploaded, downloaded)
      select device_id, ${now.slice(0, 10)}::date, ${read.hostId}::uuid,
             sum(moved_up), sum(moved_down)
        from readings group by device_id having sum(moved_up + moved_down) > 0
      on conflict (device_id, day, host_id) do update set
        uploaded = t.uploaded + excluded.uploaded, downloaded = t.downloaded + excluded.downloaded),
    sums as (
      select subscription_id as id, sum(moved_up + moved_down)::bigint as moved
        from readings group by subscription_id having sum(moved_up + moved_down) > 0),
    -- In one order, so that the readings of two hosts never wait for each other.
    locked as materialized (
      select s.id, sums.moved from subscriptions s join sums on sums.id = s.id
       order by s.id for no key update of s),
    moved as (
      update subscriptions s set moved_bytes = s.moved_bytes + locked.moved
        from locked where s.id = locked.id
      returning s.id, s.customer_id, s.plan, s.paid_until, s.revoked_at, s.grace_ms,
                s.traffic_limit_bytes as limit_bytes,
                s.traffic_limit_bytes + s.traffic_base_bytes as end_bytes,
                s.traffic_limit_bytes - (s.moved_bytes - s.traffic_base_bytes) as left_bytes,
                s.traffic_period_ends_at as ends_at,
                coalesce(s.traffic_period_ends_at <= ${now}::timestamptz, false) as has_ended,
                locked.moved)
    select m.id, c.telegram_id as owner, m.paid_until as "paidUntil",
           m.ends_at as "endsAt", m.has_ended as "hasEnded", m.moved::float8 as moved,
           r.has_right as "hasRight",
           m.left_bytes::float8 as "leftBytes", m.end_bytes::float8 as "endBytes",
           coalesce((select p.pack_prices <> '{}' from plans p where p.code = m.plan
                      order by p.version desc limit 1), false) as "canBuy"
      from moved m join customers c on c.id = m.customer_id
           cross join lateral (select coalesce(m.revoked_at is null and c.status <> 'blocked'
             and ${now}::timestamptz < m.paid_until + m.grace_ms * interval '1 millisecond', false))
             as r (has_right)
     where m.has_ended or (r.has_right
       and ((m.left_bytes <= 0 and m.left_bytes + m.moved > 0)
            or (m.left_bytes > 0 and m.left_bytes * 5 <= m.limit_bytes
                and (m.left_bytes + m.moved) * 5 > m.limit_bytes)))
     order by m.id`.execute(db);
  return rows;
}
