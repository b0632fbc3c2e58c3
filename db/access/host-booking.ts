import type { HostChangeRequest, HostChangeResult } from "../../domain/access/host-change.ts";
import { hostId } from "../../domain/ids.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";

/** A request to change a host, in its transaction. */
export interface HostBooking {
  readonly db: Queries;
  readonly request: HostChangeRequest;
  readonly now: Instant;
}

/** Why a change of a host is refused. */
export type RefusedHostChange = Extract<HostChangeResult, { kind: "refused" }>;

/** The answer to a change that is refused. */
export const refuse = (
  why: RefusedHostChange["why"],
  more: Partial<RefusedHostChange> = {},
): RefusedHostChange => {
  return { kind: "refused", why, ...more };
};

/** The operator's place in the audit log, where admins have their Telegram ids. */
const operatorActor = 0;

/** What a request that was booked before came to; undefined: it was not. */
export async function findBooked(
  db: Queries,
  requestId: string,
): Promise<HostChangeResult | undefined> {
  const query = db.selectFrom("audit_log").select("after").where("requestId", "=", requestId);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const { host, hostId: id, migrationId, givenBack } = row.after;
  const changed = { kind: "changed", hostId: hostId(String(id)), warnings: [] } as const;
  const named = { hostId: changed.hostId, host: String(host) };
  if (typeof givenBack === "string") {
    return { ...changed, giveBack: { maintenanceId: givenBack, ...named } };
  }
  if (typeof migrationId !== "string") return changed;
  return { ...changed, migration: { migrationId, ...named } };
}

/** Writes a change of a host into the audit log. */
export async function writeHostAudit(
  { db, request: { requestId, by }, now }: HostBooking,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Promise<void> {
  const actor = by === operator ? operatorActor : (by as number);
  await db
    .insertInto("audit_log")
    .values({ requestId, actor, act: "host", customerId: null, before, after, at: new Date(now) })
    .execute();
}
