import type { Location, WantedPlace } from "../../domain/access/location.ts";
import { untilFollowed } from "../../domain/access/move.ts";
import { type DeviceId, deviceId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { anyId } from "../prepared.ts";
import { mayUse } from "../queries/access/access-rights.ts";
import { hasPaid } from "../queries/access/locations.ts";
import { wantsOf } from "./waiting-accesses.ts";

/** The access of a device that is about to move. */
export interface MovingAccess {
  readonly id: string;
  readonly deviceId: string;
  readonly subscriptionId: string;
  readonly hostId: string | null;
  readonly network: string | null;
  readonly givenAt: Date | null;
  readonly endsAt: Date | null;
  readonly pausedAt: Date | null;
  readonly secretsEncrypted: string;
  readonly presharedHash: string;
  readonly isUsable: boolean;
  readonly hasLink: boolean;
  /** Hosts that may still have an earlier access of the device. */
  readonly before: readonly string[];
  /** Where it may come to, unless its hosts are named. */
  readonly wants: WantedPlace;
}

/** Locks the subscriptions of these devices, in one order. */
export async function lockSubscriptions(db: Queries, ids: readonly DeviceId[]): Promise<void> {
  await db
    .selectFrom("subscriptions as s")
    .select("s.id")
    .where("s.id", "in", (of) =>
      of.selectFrom("devices as d").select("d.subscriptionId").where("d.id", "=", anyId(ids)),
    )
    .orderBy("s.id")
    .forUpdate()
    .execute();
}

/** Locks the current accesses of these devices, of those that have a host. */
export async function lockMoving(
  db: Queries,
  ids: readonly DeviceId[],
  locations: readonly Location[],
  now: Instant,
): Promise<MovingAccess[]> {
  const rows = await db
    .selectFrom("accesses as a")
    .innerJoin("devices as d", "d.id", "a.deviceId")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .leftJoin("hosts as h", "h.id", "a.hostId")
    .leftJoin("device_links as l", "l.deviceId", "a.deviceId")
    .select(["a.id", "a.deviceId", "a.subscriptionId", "a.hostId", "h.network", "a.givenAt"])
    .select(["a.endsAt", "a.pausedAt", "a.secretsEncrypted", "a.presharedHash"])
    .leftJoin("plans as p", (join) =>
      join.onRef("p.code", "=", "s.plan").onRef("p.version", "=", "s.planVersion"),
    )
    .select(["c.telegramId as owner", "d.locationId as pick", "p.locationGroups as groups"])
    .select((of) => [
      hasPaid.as("paid"),
      mayUse(now).as("isUsable"),
      of("l.deviceId", "is not", null).$castTo<boolean>().as("hasLink"),
    ])
    .where("a.deviceId", "=", anyId(ids))
    .where("a.retiredAt", "is", null)
    .where("a.hostId", "is not", null)
    .where("d.revokedAt", "is", null)
    .orderBy("a.id")
    .forUpdate("a")
    .execute();
  const before = await findBefore(db, ids);
  return rows.map(({ owner, pick, groups, paid, ...row }) => ({
    ...row,
    before: before.get(row.deviceId) ?? [],
    wants: wantsOf({ owner, pick, groups, paid }, locations),
  }));
}

async function findBefore(db: Queries, ids: readonly DeviceId[]): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom("accesses as a")
    .select(["a.deviceId", "a.hostId"])
    .where("a.deviceId", "=", anyId(ids))
    .where("a.retiredAt", "is not", null)
    .where("a.removedAt", "is", null)
    .execute();
  const hosts = new Map<string, string[]>();
  for (const { deviceId: id, hostId: host } of rows)
    if (host !== null) hosts.set(id, [...(hosts.get(id) ?? []), host]);
  return hosts;
}

/**
 * Takes the moves of these devices back that have not reached the new host yet, as the domain's
 * `takeBack`. Call it in a transaction.
 * @returns the devices that are on their old host again.
 */
export async function takeBackMoves(
  db: Queries,
  deviceIds: readonly DeviceId[],
  now: Instant,
): Promise<readonly DeviceId[]> {
  await lockSubscriptions(db, deviceIds);
  const pairs = await db
    .selectFrom("accesses as n")
    .innerJoin("accesses as old", "old.deviceId", "n.deviceId")
    .select(["n.id as successor", "old.id as before", "n.deviceId as device"])
    .where("n.deviceId", "=", anyId(deviceIds))
    .where("n.retiredAt", "is", null)
    .where("n.givenAt", "is", null)
    .where("n.moveCause", "is not", null)
    .where("old.retiredAt", "=", moment(untilFollowed))
    .where("old.removedAt", "is", null)
    .orderBy("n.id")
    .forUpdate(["n", "old"])
    .execute();
  await db
    .updateTable("accesses")
    .set({ retiredAt: new Date(now) })
    .where("id", "=", anyId(pairs.map(({ successor }) => successor)))
    .execute();
  await db
    .updateTable("accesses")
    .set({ retiredAt: null })
    .where("id", "=", anyId(pairs.map(({ before }) => before)))
    .execute();
  return pairs.map(({ device }) => deviceId(device));
}
