import { isDeepStrictEqual } from "node:util";
import { v7 } from "uuid";
import type { HostChange, HostChangeResult } from "../../domain/access/host-change.ts";
import { hostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { type HostBooking, refuse, writeHostAudit } from "./host-booking.ts";
import { askForComparison } from "./hosts.ts";

/** A host whose row the transaction has locked. */
interface MaintainedHost {
  readonly id: string;
  readonly name: string;
  readonly maintenanceId: string | null;
}

/** Begins or ends a host's maintenance. */
export const changeMaintenance = (
  booking: HostBooking,
  host: MaintainedHost,
  change: Extract<HostChange, { kind: "beginMaintenance" | "endMaintenance" }>,
): Promise<HostChangeResult> =>
  change.kind === "beginMaintenance"
    ? beginMaintenance(booking, host, change)
    : endMaintenance(booking, host);

/**
 * Begins a maintenance: from then on the host takes no new devices. Where one lasts already, what
 * is given of its announcement changes.
 */
async function beginMaintenance(
  booking: HostBooking,
  { id, name, maintenanceId }: MaintainedHost,
  change: Extract<HostChange, { kind: "beginMaintenance" }>,
): Promise<HostChangeResult> {
  if (maintenanceId !== null) return announce(booking, { id, name, maintenanceId }, change);
  const { db, now } = booking;
  const { texts, until } = change;
  const announced = { texts, until: until === undefined ? null : new Date(until) };
  const begun = v7();
  await writeHostAudit(
    booking,
    { host: name },
    { host: name, hostId: id, ...announced, maintenance: begun },
  );
  const row = { id: begun, hostId: id, ...announced, startedAt: new Date(now) };
  await db.insertInto("host_maintenances").values(row).execute();
  await db.updateTable("hosts").set({ maintenanceId: begun }).where("id", "=", id).execute();
  return { kind: "changed", hostId: hostId(id), warnings: [] };
}

/** Changes what customers are announced of a maintenance that lasts: what is not given stays. */
async function announce(
  booking: HostBooking,
  { id, name, maintenanceId }: MaintainedHost & { readonly maintenanceId: string },
  { texts, until }: Extract<HostChange, { kind: "beginMaintenance" }>,
): Promise<HostChangeResult> {
  const { db } = booking;
  const before = await db
    .selectFrom("host_maintenances")
    .select(["texts", "until"])
    .where("id", "=", maintenanceId)
    .executeTakeFirstOrThrow();
  const announced = {
    texts: { ...before.texts, ...texts },
    until: until === undefined ? before.until : new Date(until),
  };
  if (isDeepStrictEqual(before, announced)) return { kind: "same", hostId: hostId(id) };
  await writeHostAudit(
    booking,
    { host: name, ...before },
    { host: name, hostId: id, ...announced },
  );
  await db
    .updateTable("host_maintenances")
    .set(announced)
    .where("id", "=", maintenanceId)
    .execute();
  return { kind: "changed", hostId: hostId(id), warnings: [] };
}

/** Ends a host's maintenance; who waits for a place may have it there. */
async function endMaintenance(
  booking: HostBooking,
  { id, name, maintenanceId }: MaintainedHost,
): Promise<HostChangeResult> {
  if (maintenanceId === null) return refuse("noMaintenance");
  const { db, now } = booking;
  await writeHostAudit(
    booking,
    { host: name, maintenance: maintenanceId },
    { host: name, hostId: id, maintenance: null },
  );
  await closeMaintenance(db, { id, maintenanceId }, now);
  await tellAway(db, { id, name }, now);
  await askForComparison(db, hostId(id));
  return { kind: "changed", hostId: hostId(id), warnings: [] };
}

/** Ends a host's maintenance, if it is in one. */
export async function closeMaintenance(
  db: Queries,
  { id, maintenanceId }: Pick<MaintainedHost, "id" | "maintenanceId">,
  now: Instant,
): Promise<void> {
  if (maintenanceId === null) return;
  await db
    .updateTable("host_maintenances")
    // A clock that was set back ends nothing before it has begun.
    .set((of) => ({ endedAt: of.fn<Date>("greatest", ["startedAt", of.val(new Date(now))]) }))
    .where("id", "=", maintenanceId)
    .execute();
  await db.updateTable("hosts").set({ maintenanceId: null }).where("id", "=", id).execute();
}

/** Nobody was announced of a host that went away while it was worked on. */
async function tellAway(
  db: Queries,
  { id, name: host }: Pick<MaintainedHost, "id" | "name">,
  now: Instant,
): Promise<void> {
  const { awaySince, trouble } = await db
    .selectFrom("hosts")
    .select(["awaySince", "trouble"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  if (awaySince === null) return;
  const notice = { kind: "hostAway", host, trouble: trouble ?? "" } as const;
  await notifyAdmins(db, `host-away/${id}/${now}`, notice);
}

/**
 * Begins to give the time back that a maintenance has cost, also of a host that is gone since. One
 * maintenance is given back once: a second request finds the first.
 */
export async function beginGiveBack(
  booking: HostBooking,
  { hostId: of, maintenanceId }: Extract<HostChange, { kind: "giveBack" }>,
): Promise<HostChangeResult> {
  const { db } = booking;
  const row = await db
    .selectFrom("host_maintenances as m")
    .innerJoin("hosts as h", "h.id", "m.hostId")
    .select(["m.endedAt", "m.giveBack", "h.name"])
    .where("m.id", "=", maintenanceId)
    .where("m.hostId", "=", of as string)
    .forUpdate("m")
    .executeTakeFirst();
  if (row === undefined || row.endedAt === null) return refuse("noMaintenance");
  const { name: host, giveBack: state } = row;
  const giveBack = { maintenanceId, hostId: of, host };
  if (state !== null) return { kind: "same", hostId: of, giveBack };
  await writeHostAudit(booking, { host }, { host, hostId: of, givenBack: maintenanceId });
  await db
    .updateTable("host_maintenances")
    .set({ giveBack: "running" })
    .where("id", "=", maintenanceId)
    .execute();
  return { kind: "changed", hostId: of, warnings: [], giveBack };
}
