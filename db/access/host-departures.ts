import { v7 } from "uuid";
import type { HostChange, HostChangeResult } from "../../domain/access/host-change.ts";
import { type HostMigrationRef, usualRatePerMinute } from "../../domain/access/host-migration.ts";
import { hostId } from "../../domain/ids.ts";
import { moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import type { Vault } from "../vault.ts";
import { type HostBooking, refuse, writeHostAudit } from "./host-booking.ts";
import { insertMigration, setMigrationState } from "./host-migrations.ts";
import { closeMaintenance } from "./host-maintenances.ts";
import { askForComparison } from "./hosts.ts";

/** A host whose devices are to leave it. */
interface DepartingHost {
  readonly id: string;
  readonly name: string;
  readonly state: "open" | "draining" | "closed";
  readonly maintenanceId: string | null;
  /** The migration that goes on. */
  readonly running: { readonly id: string; readonly kind: "drain" | "lost" } | undefined;
}

const changed = (migration: HostMigrationRef): HostChangeResult => {
  return { kind: "changed", hostId: migration.hostId, warnings: [], migration };
};

/**
 * Begins to move all devices away: from then on the host takes no new ones. Where that has begun
 * before it goes on.
 */
export async function beginMigration(
  booking: HostBooking,
  { id, name, state, running }: DepartingHost,
  change: Extract<HostChange, { kind: "migrate" }>,
): Promise<HostChangeResult> {
  const { db, now } = booking;
  if (running !== undefined) {
    const migration = { migrationId: running.id, hostId: hostId(id), host: name };
    return { kind: "same", hostId: hostId(id), migration };
  }
  const { to, ratePerMinute = usualRatePerMinute } = change;
  if (to !== undefined && !(await isOpen(db, to, id))) return refuse("noTarget");
  const migrationId = v7();
  await writeHostAudit(
    booking,
    { host: name, state },
    { host: name, hostId: id, state: "draining", migrationId, ratePerMinute, ...(to && { to }) },
  );
  await db.updateTable("hosts").set({ state: "draining" }).where("id", "=", id).execute();
  const begun = { id: migrationId, hostId: hostId(id), to, ratePerMinute, now };
  await insertMigration(db, { ...begun, kind: "drain" });
  return changed({ migrationId, hostId: hostId(id), host: name });
}

async function isOpen(db: Queries, id: string, source: string): Promise<boolean> {
  const query = db.selectFrom("hosts").select("id").where("id", "=", id);
  return (
    id !== source && (await query.where("state", "=", "open").executeTakeFirst()) !== undefined
  );
}

/** Stops moving devices: each is on one host or the other when the migration has ended. */
export async function abortMigration(
  booking: HostBooking,
  { id, name, running }: DepartingHost,
): Promise<HostChangeResult> {
  if (running?.kind !== "drain") return refuse("noMigration");
  const { db, now } = booking;
  const migrationId = running.id;
  await writeHostAudit(
    booking,
    { host: name },
    { host: name, hostId: id, aborted: migrationId, migrationId },
  );
  await setMigrationState(db, migrationId, { state: "aborting", now });
  return changed({ migrationId, hostId: hostId(id), host: name });
}

/**
 * Gives a host up that does not come back: nobody connects to it any more, its settings are
 * forgotten, and its devices move at once.
 */
export async function loseHost(
  booking: HostBooking,
  vault: Vault,
  host: DepartingHost,
): Promise<HostChangeResult> {
  const { db, now } = booking;
  const { id, name, state, running } = host;
  const migrationId = v7();
  await writeHostAudit(
    booking,
    { host: name, state },
    { host: name, hostId: id, state: "closed", isLost: true, migrationId },
  );
  if (running !== undefined) await setMigrationState(db, running.id, { state: "aborted", now });
  await db
    .updateTable("hosts")
    .set({
      state: "closed",
      settingsEncrypted: vault.seal("{}", `host/${name}`),
      awaySince: null,
      trouble: null,
    })
    .where("id", "=", id)
    .execute();
  await closeMaintenance(db, host, now);
  // What has left it, or was about to, is gone: it does not say so itself any more.
  await db
    .updateTable("accesses")
    .set((of) => ({
      retiredAt: of.fn<Date>("least", ["retiredAt", moment(now)]),
      removedAt: moment(now),
      onHost: false,
      putBegun: false,
    }))
    .where("hostId", "=", id)
    .where("retiredAt", "is not", null)
    .where("removedAt", "is", null)
    .execute();
  const begun = { id: migrationId, hostId: hostId(id), ratePerMinute: usualRatePerMinute, now };
  await insertMigration(db, { ...begun, kind: "lost" });
  await askForComparison(db, hostId(id));
  return changed({ migrationId, hostId: hostId(id), host: name });
}
