import { v7 } from "uuid";
import type { FoundPeer } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { approvalRules } from "../../domain/people/approval.ts";
import { addMs, hourMs, type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyOf, sql } from "../prepared.ts";
import { insertRows } from "../rows.ts";
import { listExternal } from "./external-users.ts";

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
 * Stores the unknown peers in our pool that a host was just seen to have. Peers it no longer has
 * are forgotten, so that their addresses are free and admins are asked again
 * if the same key ever comes back.
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
  const rows = await db
    .selectFrom("unknown_peers as u")
    .leftJoin("approvals as a", (join) =>
      // The id that `hostApprovalId` gives to the question about this batch.
      join.on((of) =>
        of("a.approvalId", "=", sql<string>`'host:' || replace(${of.ref("u.batch")}, '-', '')`),
      ),
    )
    .select(["u.identity", "u.batch", "u.state"])
    .select((of) => {
      const asked = of.fn<Date>("greatest", ["u.seenAt", of.fn.max("a.askedAt")]);
      const hasLapsed = of.and([of("u.state", "=", "asked"), of(asked, "<", forgottenSince)]);
      return of
        .or([of("u.state", "=", "found"), hasLapsed])
        .$castTo<boolean>()
        .as("isOpen");
    })
    .where("u.hostId", "=", hostId as string)
    .groupBy(["u.hostId", "u.identity"])
    .orderBy("u.batch")
    .execute();
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
    await db
      .deleteFrom("unknown_peers")
      .where("hostId", "=", hostId as string)
      .where("identity", "=", anyOf(gone))
      .execute();
  }
  if (changed.length === 0) return;
  const batch = v7();
  const external = await listExternal(db, hostId);
  const rows = changed.map(({ identity, addresses }) => {
    const state = external.has(identity) ? ("keep" as const) : ("found" as const);
    return { hostId, identity, addresses, batch, state, seenAt: new Date(now) };
  });
  await insertRows(db, "unknown_peers", rows)
    .onConflict((row) =>
      row
        .columns(["hostId", "identity"])
        .doUpdateSet((update) => ({ addresses: update.ref("excluded.addresses") })),
    )
    .execute();
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
