import type { HostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyOf } from "../prepared.ts";
import { insertRows } from "../rows.ts";

/** The operator's place in the audit log, where admins have their Telegram ids. */
export const operatorActor = 0;

/** The operator's command to take users over, for the audit log. */
export interface AdoptionOrigin {
  readonly requestId: string;
  readonly operatorName: string;
}

/** Those of a host's users that are not ours and were marked so. */
export async function listExternal(db: Queries, hostId: HostId): Promise<Set<string>> {
  const rows = await db
    .selectFrom("external_users")
    .select("identity")
    .where("hostId", "=", hostId as string)
    .execute();
  return new Set(rows.map(({ identity }) => identity));
}

/**
 * Marks users as known and not ours: nobody is asked about them any more. Each once. Call it in a
 * transaction.
 */
export async function markExternal(
  db: Queries,
  {
    hostId,
    identities,
    by,
    now,
  }: {
    readonly hostId: HostId;
    readonly identities: readonly string[];
    readonly by: AdoptionOrigin;
    readonly now: Instant;
  },
): Promise<void> {
  if (identities.length === 0) return;
  const at = new Date(now);
  const rows = identities.map((identity) => {
    return { hostId, identity, requestId: by.requestId, at };
  });
  await insertRows(db, "external_users", rows)
    .onConflict((row) => row.columns(["hostId", "identity"]).doNothing())
    .execute();
  await db
    .updateTable("unknown_peers")
    .set({ state: "keep", decidedAt: at })
    .where("hostId", "=", hostId as string)
    .where("identity", "=", anyOf(identities))
    .execute();
  const after = { ...by, hostId, external: identities.length };
  await db
    .insertInto("audit_log")
    .values({
      requestId: by.requestId,
      actor: operatorActor,
      act: "adopt",
      customerId: null,
      before: {},
      after,
      at,
    })
    .onConflict((row) => row.column("requestId").doNothing())
    .execute();
}
