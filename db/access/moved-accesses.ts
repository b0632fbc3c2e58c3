import type { MoveCause } from "../../domain/access/move.ts";
import { type HostId, subscriptionId, type TelegramId } from "../../domain/ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyId, sql } from "../prepared.ts";

/** An access that its host has for the first time. */
interface GivenAccess {
  readonly id: string;
  /** Of its device. */
  readonly name: string;
  /** Its subscription. */
  readonly about: string;
  readonly overlapMs: number | null;
  readonly moveCause: MoveCause | null;
  readonly keepsKey: boolean;
}

/**
 * The key of a new access; of one that has followed another, with what its owner should know. A
 * link that leads to the new host by itself goes on unnoticed while both are there.
 */
export function messagesAbout(
  access: GivenAccess,
  { to, key, now }: GivenTo,
): readonly OutgoingMessage[] {
  const { id, name, moveCause: why, overlapMs, keepsKey } = access;
  if (why === null) return [key];
  if (keepsKey && why === "migration") return [];
  const until = overlapMs === null || overlapMs === 0 ? {} : { until: addMs(now, overlapMs) };
  const notice = { kind: "deviceMoved", name, why, keepsKey, ...until } as const;
  const notified = noticeTo(to, `moved/${id}`, notice, subscriptionId(access.about));
  return keepsKey ? [notified] : [notified, key];
}

interface GivenTo {
  readonly to: TelegramId;
  readonly key: OutgoingMessage;
  readonly now: Instant;
}

/**
 * Writes when the accesses end that these have followed: the domain's `giveSuccessor`. Call it in
 * the transaction that records that their hosts have these.
 */
export async function endOverlaps(
  db: Queries,
  successors: readonly { readonly id: string }[],
  now: Instant,
): Promise<void> {
  const ids = successors.map(({ id }) => id);
  // An update that joins its own table, and intervals, have no builder.
  await sql`
    update accesses old set retired_at = e.at
      from accesses new
           cross join lateral (
             select ${now}::timestamptz + new.overlap_ms * interval '1 millisecond') as e (at)
     where new.id = ${anyId(ids)} and old.device_id = new.device_id
       and old.removed_at is null and old.retired_at > e.at`.execute(db);
}

/**
 * Ends the accesses whose successor on this host was used: the domain's `useSuccessor`. Their hosts
 * are woken.
 */
export async function endFollowed(db: Queries, hostId: HostId, now: Instant): Promise<void> {
  await sql`
    update accesses old set retired_at = ${now}
      from accesses new join traffic_counters t on t.identity = new.identity
     where old.removed_at is null and old.retired_at > ${now}::timestamptz
       and new.device_id = old.device_id and new.retired_at is null
       and new.host_id::text = ${hostId}
       and (t.last_handshake_at is not null or t.uploaded + t.downloaded > 0)`.execute(db);
}
