import { capacityOf, firstAddressOf } from "../../domain/access/address-pool.ts";
import { assignHosts, hasRoom, type HostLoad } from "../../domain/access/placement.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import type { Instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { hasTime, isWaiting } from "../queries/access/access-rights.ts";

/** Accesses placed per transaction; the next one places the rest. */
const atOnce = 1_000;

interface Place extends HostLoad {
  readonly network: string;
  readonly isAway: boolean;
}

interface WaitingAccess {
  readonly id: string;
  readonly telegramId: TelegramId;
}

/**
 * Gives a host and an address to accesses that have time and no place, the longest waiting first,
 * each on the least loaded host that is open, answers and has room. Owners of accesses that cannot
 * be placed are notified once.
 * @returns how many are left without a place.
 */
export async function placeWaiting(db: Queries, now: Instant): Promise<number> {
  await lockPlaces(db);
  let waiting = await longestWaiting(db, now, atOnce);
  if (waiting.length === 0) return 0;
  const hosts = await hostsWithRoom(db, now);
  let places = hosts.filter((host) => !host.isAway);
  while (waiting.length > 0 && places.length > 0) {
    const assigned = assignHosts(waiting, places);
    const placed = new Set<string>();
    const left: Place[] = [];
    for (const place of places) {
      const accesses = assigned.get(place.id) ?? [];
      if (accesses.length === 0) {
        left.push(place);
        continue;
      }
      const addresses = await freeAddresses(db, place, accesses.length);
      await assignPlaces(db, { place, accesses, addresses, now });
      for (const { id } of accesses.slice(0, addresses.length)) placed.add(id);
      // Otherwise its network is full, even if its capacity is not reached.
      if (addresses.length === accesses.length)
        left.push({ ...place, living: place.living + addresses.length });
    }
    waiting = waiting.filter(({ id }) => !placed.has(id));
    places = left.filter(hasRoom);
  }
  // If a host with room does not answer, that host is what the customers wait for.
  const isForAway = hosts.some((host) => host.isAway);
  await enqueue(
    db,
    waiting.map(({ id, telegramId: to }) =>
      isForAway
        ? noticeTo(to, `away/${id}`, { kind: "hostTrouble" })
        : noticeTo(to, `no-room/${id}`, { kind: "noHostFree" }),
    ),
  );
  return waiting.length;
}

/**
 * Keeps two transactions from choosing the same address; the unique index would reject the second.
 */
export async function lockPlaces(db: Queries): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('device places'))`.execute(db);
}

/** Whether an access that has time waits for a place. */
export async function hasWaiting(db: Queries, now: Instant): Promise<boolean> {
  return (await longestWaiting(db, now, 1)).length > 0;
}

async function longestWaiting(db: Queries, now: Instant, limit: number): Promise<WaitingAccess[]> {
  const { rows } = await sql<{ id: string; telegramId: string }>`
    select a.id, c.telegram_id as "telegramId"
      from accesses a join subscriptions s on s.id = a.subscription_id
           join customers c on c.id = s.customer_id
     where ${isWaiting(now)}
     order by a.created_at, a.id limit ${limit}::int`.execute(db);
  return rows.map((row) => ({ id: row.id, telegramId: telegramId(Number(row.telegramId)) }));
}

async function hostsWithRoom(db: Queries, now: Instant): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select h.id, h.network, h.capacity, h.weight, h.away_since is not null as "isAway",
           (select count(*)::int from accesses a join subscriptions s on s.id = a.subscription_id
             where a.host_id = h.id and a.removed_at is null and a.retired_at is null
                 and ${hasTime(now)}) as living
      from hosts h
     where h.state = 'open' and h.weight > 0
     order by h.name`.execute(db);
  return rows.filter(hasRoom);
}

async function assignPlaces(
  db: Queries,
  assignment: {
    readonly place: Place;
    readonly accesses: readonly WaitingAccess[];
    readonly addresses: readonly string[];
    readonly now: Instant;
  },
): Promise<void> {
  const { place, addresses, now } = assignment;
  if (addresses.length === 0) return;
  const ids = assignment.accesses.slice(0, addresses.length).map(({ id }) => id);
  await sql`update accesses a set host_id = ${place.id}, address = n.address, placed_at = ${now}
      from unnest(${ids}::uuid[], ${addresses}::text[]) as n (id, address)
     where a.id = n.id and a.host_id is null`.execute(db);
}

/**
 * The lowest free addresses of a host: neither an access whose peer may still be there has them,
 * nor a peer that was last seen on the host. Fewer than `count` when the network is full. Call
 * it under `lockPlaces`.
 */
export async function freeAddresses(
  db: Queries,
  { id, network }: { readonly id: string; readonly network: string },
  count: number,
): Promise<string[]> {
  const first = firstAddressOf(network);
  // Looking at `taken + count` addresses is enough to find `count` free ones.
  const { rows } = await sql<{ address: string }>`
    with taken as materialized (
      select address from accesses
       where host_id = ${id} and removed_at is null and address is not null
      union
      select jsonb_array_elements_text(addresses) from unknown_peers where host_id = ${id})
    select pool.address
      from generate_series(0, least(${capacityOf(network)}::bigint,
                                    (select count(*) from taken) + ${count}::int) - 1) as i,
           lateral (select host(${first}::inet + i) as address) as pool
     where not exists (select from taken where taken.address = pool.address)
     order by i limit ${count}::int`.execute(db);
  return rows.map(({ address }) => address);
}

/**
 * Gives another address to accesses of this host whose key was not sent yet and whose address an
 * unknown peer was found to hold.
 */
export async function moveFromUnknownPeers(
  db: Queries,
  hostId: string,
  now: Instant,
): Promise<void> {
  const inTheWay = () => sql<{ id: string; network: string }>`
    select a.id, h.network from accesses a join hosts h on h.id = a.host_id
     where a.host_id = ${hostId} and a.removed_at is null and a.retired_at is null
       and a.given_at is null and exists (
         select from unknown_peers u where u.host_id = a.host_id and jsonb_exists(u.addresses, a.address))`;
  if ((await inTheWay().execute(db)).rows.length === 0) return;
  await lockPlaces(db);
  const { rows } = await inTheWay().execute(db);
  const [any] = rows;
  if (any === undefined) return;
  const place = { id: hostId, network: any.network };
  const addresses = await freeAddresses(db, place, rows.length);
  const ids = rows.slice(0, addresses.length).map(({ id }) => id);
  await sql`update accesses a set address = n.address, refusal = null, placed_at = ${now}
      from unnest(${ids}::uuid[], ${addresses}::text[]) as n (id, address)
     where a.id = n.id`.execute(db);
}
