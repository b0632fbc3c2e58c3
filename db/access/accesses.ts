import type { DeviceId, HostId, SubscriptionId, TelegramId } from "../../domain/ids.ts";
import { keyMessages, noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { isLetIn, mayConnect, mustGo } from "../queries/access/access-rights.ts";

/** An access that has a host and whose peer may be there as far as the database knows. */
export interface AccessThere {
  readonly id: string;
  readonly identity: string;
  readonly address: string | null;
  readonly presharedHash: string;
  /** By the books it may be used, and it is not retired. */
  readonly letIn: boolean;
  readonly isRetired: boolean;
  /** Whether the host has it as far as the database knows. */
  readonly onHost: boolean;
  /** Whether the host was asked to add it and so may have it. */
  readonly isBegun: boolean;
}

/**
 * Rows per statement. Each statement blocks the event loop for some milliseconds, since the rows
 * arrive in many pieces.
 */
const pageRows = 12_500;

/** All accesses of a host that may be there, for a full comparison. */
export async function listAccesses(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<AccessThere[]> {
  const found: AccessThere[] = [];
  for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
    const { rows } = await sql<AccessThere>`
      select a.id, a.identity, a.address, a.preshared_hash as "presharedHash",
          a.on_host as "onHost",
             a.put_begun as "isBegun",
             a.retired_at is not null as "isRetired",
             ${isLetIn(now)} as "letIn"
        from accesses a join subscriptions s on s.id = a.subscription_id
             join customers c on c.id = s.customer_id
       where a.host_id = ${hostId} and a.removed_at is null and a.id > ${after}::uuid
       order by a.id limit ${pageRows}`.execute(db);
    found.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return found;
    after = last.id;
  }
}

/** The changes that bring a host from its recorded state to the current rights. */
export interface DueChanges {
  /** Identities to remove. */
  readonly remove: readonly string[];
  /** Ids of accesses to add, the longest waiting first; without those that the host refused. */
  readonly apply: readonly string[];
}

/** Compares rights with the recorded state of a host, without asking the host. */
export async function findDueChanges(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<DueChanges> {
  const { rows } = await sql<{ id: string; identity: string; goes: boolean }>`
    select a.id, a.identity, ${mustGo(now)} as goes
      from accesses a join subscriptions s on s.id = a.subscription_id
           join customers c on c.id = s.customer_id
     where a.host_id = ${hostId} and a.removed_at is null
       and (${mustGo(now)} or ${isLetIn(now)} and not a.on_host and a.refusal is null)
     order by a.created_at, a.id`.execute(db);
  return {
    remove: rows.filter(({ goes }) => goes).map(({ identity }) => identity),
    apply: rows.filter(({ goes }) => !goes).map(({ id }) => id),
  };
}

/** Identities to remove, as in `findDueChanges`: a quick check between the parts of long work. */
export async function findDueRemovals(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<string[]> {
  const { rows } = await sql<{ identity: string }>`
    select a.identity
      from accesses a join subscriptions s on s.id = a.subscription_id
           join customers c on c.id = s.customer_id
     where a.host_id = ${hostId} and a.removed_at is null
       and ${mustGo(now)}
     order by a.created_at, a.id`.execute(db);
  return rows.map(({ identity }) => identity);
}

/** The next moment at which a right on this host ends without any event; undefined: never. */
export async function findNextEnd(
  db: Queries,
  hostId: HostId,
  now: Instant,
): Promise<Instant | undefined> {
  const { rows } = await sql<{ at: Date | string | null }>`
    select min(s.paid_until + s.grace_ms * interval '1 millisecond') as at
      from accesses a join subscriptions s on s.id = a.subscription_id
     where a.host_id = ${hostId} and (a.on_host or a.put_begun) and a.removed_at is null
       and s.paid_until + s.grace_ms * interval '1 millisecond' > ${now}::timestamptz`.execute(db);
  const at = rows[0]?.at;
  return at == null ? undefined : (new Date(at).toISOString() as Instant);
}

/** The messages that show a device's key; their text is rendered when they are sent. */
export const accessKeyMessages = (
  to: TelegramId,
  of: {
    readonly accessId: string;
    readonly deviceId: DeviceId;
    /** A request to show the key again; undefined: its first showing. */
    readonly requestId?: string;
  },
): OutgoingMessage[] =>
  keyMessages(
    to,
    of.deviceId,
    of.requestId === undefined ? of.accessId : `${of.accessId}/${of.requestId}`,
  );

/**
 * Records, before a host is asked to add these, that it may have them: we may die before
 * its answer is recorded.
 */
export async function beginPut(db: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update accesses set put_begun = true
     where id = any(${ids}::uuid[]) and not on_host and not put_begun`.execute(db);
}

/** Records that the host has these, and sends the key of those that have it for the first time. */
export async function recordApplied(
  db: Queries,
  ids: readonly string[],
  now: Instant,
): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: string; device: DeviceId; telegramId: string }>`
    with before as (
      select a.id, a.device_id, c.telegram_id,
             a.given_at is null and a.retired_at is null as is_first
        from accesses a join subscriptions s on s.id = a.subscription_id
             join customers c on c.id = s.customer_id
       where a.id = any(${ids}::uuid[]) order by a.id for update of a),
    written as (
      update accesses a
         set on_host = true, put_begun = false, refusal = null,
             given_at = coalesce(a.given_at, ${now}::timestamptz)
        from before b
       where a.id = b.id and (not a.on_host or a.put_begun or a.refusal is not null
           or a.given_at is null))
    select id, device_id as device, telegram_id as "telegramId" from before where is_first
  `.execute(db);
  const messages = rows.flatMap(({ id, device, telegramId }) =>
    accessKeyMessages(Number(telegramId) as TelegramId, { accessId: id, deviceId: device }),
  );
  await enqueue(db, messages);
}

/** Records why a host refused these, and notifies each owner once. */
export async function recordRefused(
  db: Queries,
  refused: readonly { readonly accessId: string; readonly reason: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  const { rows } = await sql<{ id: string; telegramId: string }>`
    with written as (
      update accesses a set refusal = n.reason, on_host = false, put_begun = false
        from unnest(${refused.map(({ accessId }) => accessId)}::uuid[],
                    ${refused.map(({ reason }) => reason)}::text[]) as n (id, reason)
       where a.id = n.id and a.retired_at is null
         and (a.refusal is distinct from n.reason or a.on_host or a.put_begun)
      returning a.id, a.subscription_id)
    select w.id, c.telegram_id as "telegramId"
      from written w join subscriptions s on s.id = w.subscription_id
           join customers c on c.id = s.customer_id`.execute(db);
  await enqueue(
    db,
    rows.map(({ id, telegramId }) =>
      noticeTo(Number(telegramId) as TelegramId, `refused/${id}`, { kind: "hostRefused" }),
    ),
  );
}

/**
 * Records that the host does not have these, so that their counters start at 0
 * when it has them again.
 */
export async function recordGone(
  db: Queries,
  {
    hostId,
    identities,
    now,
  }: {
    readonly hostId: HostId;
    readonly identities: readonly string[];
    readonly now: Instant;
  },
): Promise<void> {
  if (identities.length === 0) return;
  await sql`
    with counters as (
      update traffic_counters set uploaded_raw = 0, downloaded_raw = 0
       where identity = any(${identities}::text[]) and (uploaded_raw > 0 or downloaded_raw > 0))
    update accesses
       set on_host = false, put_begun = false,
           removed_at = case when retired_at is not null
                             then coalesce(removed_at, ${now}::timestamptz) end
     where host_id = ${hostId} and identity = any(${identities}::text[])`.execute(db);
}

/**
 * Returns those of these identities that were ours or are ours elsewhere: a host restored from a
 * backup may have them.
 */
export async function findOurs(db: Queries, identities: readonly string[]): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  const { rows } = await sql<{ identity: string }>`
    select identity from accesses where identity = any(${identities}::text[])`.execute(db);
  return new Set(rows.map(({ identity }) => identity));
}

/**
 * Notifies customers who wait for their first key on a host that it does not
 * answer, once per access.
 */
export async function notifyWaitingFor(db: Queries, hostId: HostId, now: Instant): Promise<void> {
  const { rows } = await sql<{ id: string; telegramId: string }>`
    select a.id, c.telegram_id as "telegramId"
      from accesses a join subscriptions s on s.id = a.subscription_id
           join customers c on c.id = s.customer_id
     where a.host_id = ${hostId} and a.retired_at is null and a.given_at is null
       and ${mayConnect(now)}`.execute(db);
  await enqueue(
    db,
    rows.map(({ id, telegramId }) =>
      noticeTo(Number(telegramId) as TelegramId, `away/${id}`, { kind: "hostTrouble" }),
    ),
  );
}

/**
 * Names of the hosts on which an access of this subscription differs from the books; "" for an
 * access that no host has room for. Empty once everything is done.
 */
export async function listWaitingHosts(
  db: Queries,
  subscriptionId: SubscriptionId,
  now: Instant,
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct coalesce(h.name, '') as name
      from accesses a left join hosts h on h.id = a.host_id
           join subscriptions s on s.id = a.subscription_id
           join customers c on c.id = s.customer_id
     where a.subscription_id = ${subscriptionId} and a.removed_at is null
       and (h.id is not null and a.retired_at is not null
            or case when ${mayConnect(now)} and a.retired_at is null then not a.on_host
                    else a.on_host or a.put_begun end)
     order by name`.execute(db);
  return rows.map(({ name }) => name);
}
