import type { Location, LocationLabel } from "../../domain/access/location.ts";
import { offeredTo } from "../../domain/access/location.ts";
import { decidePick } from "../../domain/access/location-pick.ts";
import {
  type DeviceId,
  type HostId,
  hostId,
  type LocationId,
  locationId,
  type SubscriptionId,
} from "../../domain/ids.ts";
import type { LocationNotice } from "../../domain/messaging/location-notice.ts";
import { addMs, dayMs, hourMs, type Instant } from "../../domain/time.ts";
import { countAll, moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { findRights, listLocations } from "../queries/access/locations.ts";
import { type MovePorts, moveAccess } from "./moves.ts";
import { lockPlaces, placeWaiting } from "./placement.ts";

/** How long the old access goes on where the new one is not used before. */
const overlapMs = hourMs;

/** A customer's pick for a device of their subscription, which the caller has locked. */
export interface LocationPick {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
  /** Undefined: any. */
  readonly pick: LocationId | undefined;
  readonly requestId: string;
  readonly mostMoves: number;
  readonly now: Instant;
}

/** The locations that the customer of a subscription may pick. */
async function listOffered(db: Queries, of: SubscriptionId): Promise<Location[]> {
  const locations = await listLocations(db);
  if (locations.length === 0) return [];
  const rights = await findRights(db, of);
  return rights === undefined ? [] : offeredTo(locations, rights);
}

/** Whether the customer of a subscription may pick this; undefined: any. */
export const isOffered = async (
  db: Queries,
  of: SubscriptionId,
  pick: LocationId | undefined,
): Promise<boolean> =>
  pick === undefined || (await listOffered(db, of)).some(({ id }) => id === pick);

/**
 * Books a pick, and moves the device where it is elsewhere: by a second access, whose host sends
 * its key. Where no host has room, nothing is booked. Call it in a transaction.
 * @returns undefined: the subscription does not have this device.
 */
export async function pickLocation(
  db: Queries,
  ports: MovePorts,
  request: LocationPick,
): Promise<Omit<LocationNotice, "kind"> | undefined> {
  const { pick, mostMoves, now } = request;
  await lockPlaces(db);
  const device = await findDevice(db, request);
  if (device === undefined) return undefined;
  const offered = await listOffered(db, request.subscriptionId);
  const { name } = device;
  const label = labelOf(offered.find(({ id }) => id === pick));
  const about = { name, ...(label && { location: label }) };
  const moves = await countMoves(db, request);
  const { before, host } = device;
  const decision = decidePick({ pick, before, offered, host, moves, mostMoves });
  switch (decision) {
    case "notOffered":
    case "same":
      return { outcome: decision, ...about };
    case "limit":
      return { outcome: "limit", mostMoves, ...about };
    case "stays":
    case "waits":
      await writePick(db, request);
      if (decision === "waits") await placeWaiting(db, now);
      return { outcome: decision, ...about };
    case "move": {
      await writePick(db, request);
      if (await move(db, ports, request)) return { outcome: "moving", ...about };
      await writePick(db, { ...request, pick: before });
      return { outcome: "noRoom", ...about };
    }
  }
}

/** What a notice keeps of a location, so that it says the same whatever becomes of it. */
const labelOf = (location: Location | undefined): LocationLabel | undefined =>
  location && { flag: location.flag, names: location.names };

/** Another kind of host needs another app: only where the location has no other. */
async function move(db: Queries, ports: MovePorts, request: LocationPick): Promise<boolean> {
  const { deviceId, requestId, now } = request;
  const order = { deviceId, requestId, now, overlapMs, cause: "customer" } as const;
  const alike = await moveAccess(db, ports, order);
  if (alike.kind !== "noRoom") return alike.kind === "moved";
  const to = await listHosts(db, request.pick);
  return (await moveAccess(db, ports, { ...order, to })).kind === "moved";
}

async function listHosts(db: Queries, location: LocationId | undefined): Promise<HostId[]> {
  const rows = await db
    .selectFrom("hosts")
    .select("id")
    .where("locationId", "=", location as string)
    .where("state", "=", "open")
    .execute();
  return rows.map(({ id }) => hostId(id));
}

async function findDevice(db: Queries, { deviceId, subscriptionId }: LocationPick) {
  const row = await db
    .selectFrom("devices as d")
    .innerJoin("accesses as a", "a.deviceId", "d.id")
    .leftJoin("hosts as h", "h.id", "a.hostId")
    .select(["d.name", "d.locationId as before", "h.id as host", "h.locationId as location"])
    .where("d.id", "=", deviceId as string)
    .where("d.subscriptionId", "=", subscriptionId as string)
    .where("d.revokedAt", "is", null)
    .where("a.retiredAt", "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { name, before, host, location } = row;
  return {
    name,
    before: before === null ? undefined : locationId(before),
    host:
      host === null
        ? undefined
        : { location: location === null ? undefined : locationId(location) },
  };
}

/** How often its customer has moved a device in the last 24 hours: each was a new access. */
async function countMoves(db: Queries, { deviceId, now }: LocationPick): Promise<number> {
  const { count } = await db
    .selectFrom("accesses")
    .select(countAll.as("count"))
    .where("deviceId", "=", deviceId as string)
    .where("moveCause", "=", "customer")
    .where("createdAt", ">", moment(addMs(now, -dayMs)))
    .executeTakeFirstOrThrow();
  return count;
}

async function writePick(
  db: Queries,
  { deviceId, pick }: Pick<LocationPick, "deviceId" | "pick">,
): Promise<void> {
  await db
    .updateTable("devices")
    .set({ locationId: (pick as string | undefined) ?? null })
    .where("id", "=", deviceId as string)
    .execute();
}
