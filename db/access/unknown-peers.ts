import { v7 } from "uuid";
import type { FoundPeer } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { approvalRules } from "../../domain/people/approval.ts";
import { addMs, hourMs, type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";

/** An unknown peer, with those of its addresses that belong to our customers' pool. */
type PeerAddresses = Pick<FoundPeer, "identity" | "addresses">;

/** What follows from the unknown peers of a host: identities to remove, and a question. */
export interface UnknownPeers {
  /** Those that an admin approved for removal. */
  readonly mayGo: readonly string[];
  /**
   * Those about which admins have to be asked, as one question: also again, if a question lapsed.
   */
  readonly toAsk: { readonly batch: string; readonly count: number } | undefined;
}

/**
 * Stores the unknown peers in our pool that a host was just seen to have. Peers it no longer
 * has are forgotten, so that their addresses are free and admins are asked again if the same
 * key ever comes back.
 */
export async function storeUnknownPeers(
  db: Queries,
  {
    hostId,
    found,
    now,
  }: {
    readonly hostId: HostId;
    readonly found: readonly PeerAddresses[];
    readonly now: Instant;
  },
): Promise<UnknownPeers> {
  const known = await db
    .selectFrom("unknown_peers")
    .select(["identity", "addresses", "batch", "state"])
    .where("hostId", "=", hostId)
    .execute();
  await writeChanges(db, { hostId, now, found, known });
  const forgottenSince = new Date(addMs(now, -(approvalRules.lapseAfterMs + hourMs)));
  const { rows } = await sql<{ identity: string; batch: string; state: string; isOpen: boolean }>`
    select u.identity, u.batch, u.state,
           (u.state = 'found' or u.state = 'asked'
             and greatest(u.seen_at, max(a.asked_at)) < ${forgottenSince})
             as "isOpen"
      from unknown_peers u
           left join approvals a on a.approval_id = 'host:' || replace(u.batch, '-', '')
     where u.host_id = ${hostId} group by u.host_id, u.identity order by u.batch`.execute(db);
  const batch = rows.find(({ isOpen }) => isOpen)?.batch;
  const count = rows.filter((row) => row.isOpen && row.batch === batch).length;
  return {
    mayGo: rows.filter(({ state }) => state === "remove").map(({ identity }) => identity),
    toAsk: batch === undefined ? undefined : { batch, count },
  };
}

async function writeChanges(
  db: Queries,
  {
    hostId,
    now,
    found,
    known,
  }: {
    readonly hostId: HostId;
    readonly now: Instant;
    readonly found: readonly PeerAddresses[];
    readonly known: readonly PeerAddresses[];
  },
): Promise<void> {
  const before = new Map(known.map((peer) => [peer.identity, peer.addresses.join()]));
  const seen = new Set(found.map(({ identity }) => identity));
  const gone = known.map(({ identity }) => identity).filter((identity) => !seen.has(identity));
  const changed = found.filter(({ identity, addresses }) => {
    return before.get(identity) !== addresses.join();
  });
  if (gone.length > 0) {
    await sql`delete from unknown_peers
      where host_id = ${hostId} and identity = any(${gone}::text[])`.execute(db);
  }
  if (changed.length === 0) return;
  await sql`
    insert into unknown_peers (host_id, identity, addresses, batch, state, seen_at)
    select ${hostId}, n.identity, n.addresses, ${v7()}, 'found', ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
             as n (identity text, addresses jsonb)
    on conflict (host_id, identity) do update set addresses = excluded.addresses`.execute(db);
}

/** Records that admins are asked about a batch, so that they are not asked twice. */
export async function markAsked(db: Queries, hostId: HostId, batch: string): Promise<void> {
  await db
    .updateTable("unknown_peers")
    .set({ state: "asked" })
    .where("hostId", "=", hostId)
    .where("batch", "=", batch)
    .where("state", "=", "found")
    .execute();
}

/** Records what an admin decided about a batch. */
export async function decideUnknownPeers(
  db: Queries,
  {
    hostId,
    batch,
    mayGo,
    at,
  }: {
    readonly hostId: HostId;
    readonly batch: string;
    readonly mayGo: boolean;
    readonly at: Instant;
  },
): Promise<void> {
  await db
    .updateTable("unknown_peers")
    .set({ state: mayGo ? "remove" : "keep", decidedAt: new Date(instant(at)) })
    .where("hostId", "=", hostId)
    .where("batch", "=", batch)
    .execute();
}
