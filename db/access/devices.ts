import { v7 } from "uuid";
import { deviceLimitAt } from "../../domain/access/device-rights.ts";
import { mayAddDevice } from "../../domain/access/subscription.ts";
import { panelUserName } from "../../domain/derived-ids.ts";
import type { DeviceId, LocationId, SubscriptionId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { countAll, moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import type { Vault } from "../vault.ts";
import { assignDeviceRights, listExtraDevices } from "./device-rights.ts";
import { type FreePlace, freePlaces } from "./free-places.ts";
import { lockPlaces, placeWaiting } from "./placement.ts";

/**
 * The identity and secrets that an adapter created for a new access,
 * as `NewAccess` of the port `VpnHost`.
 */
export interface MadeAccess {
  readonly identity: string;
  readonly secrets: string;
  readonly presharedHash: string;
}

/** A new device of a subscription, with the access that was made for it. */
export interface DeviceToAdd {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
  readonly name: string;
  /** The request to add it, which makes one access however often it is repeated. */
  readonly requestId: string;
  readonly access: MadeAccess;
  /** Where its owner wants it; undefined: anywhere. */
  readonly pick?: LocationId | undefined;
  readonly now: Instant;
}

/** What adding a device came to. */
export type AddDeviceResult =
  | { readonly kind: "added" }
  | { readonly kind: "limit"; readonly limit: number }
  /**
   * It is added. Its key is sent once the subscription has time and a host has room; if none has,
   * the owner is notified.
   */
  | { readonly kind: "waiting" };

/** The purpose for which an access's secrets are sealed. */
export const accessPurpose = (accessId: string): string => `access/${accessId}`;

/**
 * Adds a device with its own access to a subscription, and places the access if a host has room.
 * The same device is added once. Call it in a transaction: it locks the subscription.
 */
export async function addDevice(
  db: Queries,
  vault: Vault,
  device: DeviceToAdd,
): Promise<AddDeviceResult> {
  const { deviceId, subscriptionId, name, now } = device;
  const { deviceLimit } = await lockSubscription(db, subscriptionId);
  if (!(await isDeviceThere(db, deviceId))) {
    const devices = await countDevices(db, subscriptionId);
    const extras = await listExtraDevices(db, subscriptionId);
    const limit = deviceLimitAt(deviceLimit, extras, now);
    if (!mayAddDevice(devices, limit)) return { kind: "limit", limit };
    const row = { id: deviceId, subscriptionId, name, locationId: device.pick ?? null };
    await db
      .insertInto("devices")
      .values({ ...row, createdAt: new Date(now) })
      .execute();
    await insertAccess(db, vault, { ...device, place: undefined, waitingSince: now });
    await assignDeviceRights(db, subscriptionId, now);
    await placeWaiting(db, now);
  }
  const living = await livingAccess(db, deviceId);
  return { kind: living?.hostId === null ? "waiting" : "added" };
}

/** A device's new access, which replaces the one that it has. */
export interface AccessToReissue {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
  readonly requestId: string;
  readonly access: MadeAccess;
  readonly now: Instant;
}

/**
 * Retires a device's access and creates another on the same host at another address, once per
 * request. The old one is removed from the host, and its traffic counted, under its own identity.
 * Call it in a transaction.
 * @returns the device's name; undefined: the subscription does not have this device.
 */
export async function reissue(
  db: Queries,
  vault: Vault,
  to: AccessToReissue,
): Promise<string | undefined> {
  const { deviceId, subscriptionId, requestId, now } = to;
  await lockSubscription(db, subscriptionId);
  const device = await findDevice(db, { deviceId, subscriptionId });
  if (device === undefined) return undefined;
  if (await isRequestDone(db, requestId)) return device.name;
  const old = await livingAccess(db, deviceId);
  // Placement takes this lock first and then locks the waiting accesses.
  await lockPlaces(db);
  await retire(db, deviceId, now);
  const place = old?.hostId == null ? undefined : await placeBeside(db, old.hostId);
  const waitingSince = old?.hostId === null ? old.createdAt.toISOString() : now;
  await insertAccess(db, vault, { ...to, place, waitingSince: waitingSince as Instant });
  await assignDeviceRights(db, subscriptionId, now);
  if (place === undefined) await placeWaiting(db, now);
  return device.name;
}

/**
 * Renames a device.
 * @returns the new name; undefined: the subscription does not have this device.
 */
export async function renameDevice(
  db: Queries,
  { deviceId, subscriptionId, name }: DeviceRef & { readonly name: string },
): Promise<string | undefined> {
  const { numUpdatedRows } = await db
    .updateTable("devices")
    .set({ name })
    .where("id", "=", deviceId)
    .where("subscriptionId", "=", subscriptionId)
    .where("revokedAt", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n ? name : undefined;
}

/**
 * Revokes a device and retires its access, which the host's reconciler removes.
 * Call it in a transaction.
 * @returns its name, also when it was revoked before; undefined: the subscription never had it.
 */
export async function revokeDevice(
  db: Queries,
  { deviceId, subscriptionId, now }: DeviceRef & { readonly now: Instant },
): Promise<string | undefined> {
  await lockSubscription(db, subscriptionId);
  const device = await db
    .selectFrom("devices")
    .select("name")
    .where("id", "=", deviceId)
    .where("subscriptionId", "=", subscriptionId)
    .executeTakeFirst();
  if (device === undefined) return undefined;
  await db
    .updateTable("devices")
    .set({ revokedAt: new Date(now) })
    .where("id", "=", deviceId)
    .where("revokedAt", "is", null)
    .execute();
  await retire(db, deviceId, now);
  await assignDeviceRights(db, subscriptionId, now);
  return device.name;
}

/**
 * Revokes all devices of a subscription that has ended for good. Their places and addresses are
 * free as soon as their hosts have removed them. Call it in a transaction.
 */
export async function revokeAllDevices(
  db: Queries,
  subscriptionId: SubscriptionId,
  now: Instant,
): Promise<void> {
  const revoked = await db
    .updateTable("devices")
    .set({ revokedAt: new Date(now) })
    .where("subscriptionId", "=", subscriptionId as string)
    .where("revokedAt", "is", null)
    .returning("id")
    .execute();
  for (const { id } of revoked) await retire(db, id as DeviceId, now);
}

/** Whether the subscription has a device that is not revoked. */
export const hasDevices = async (db: Queries, subscriptionId: SubscriptionId): Promise<boolean> =>
  (await countDevices(db, subscriptionId)) > 0;

interface DeviceRef {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
}

/** @throws Error when the subscription does not exist. */
const lockSubscription = (db: Queries, id: SubscriptionId) =>
  db
    .selectFrom("subscriptions")
    .select("deviceLimit")
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();

async function isDeviceThere(db: Queries, deviceId: DeviceId): Promise<boolean> {
  const row = db.selectFrom("devices").select("id").where("id", "=", deviceId);
  return (await row.executeTakeFirst()) !== undefined;
}

const findDevice = (db: Queries, { deviceId, subscriptionId }: DeviceRef) =>
  db
    .selectFrom("devices")
    .select(["id", "name"])
    .where("id", "=", deviceId)
    .where("subscriptionId", "=", subscriptionId)
    .where("revokedAt", "is", null)
    .executeTakeFirst();

/** How many devices of a subscription are not revoked. */
export async function countDevices(db: Queries, subscriptionId: SubscriptionId): Promise<number> {
  const { held } = await db
    .selectFrom("devices")
    .select(countAll.as("held"))
    .where("subscriptionId", "=", subscriptionId)
    .where("revokedAt", "is", null)
    .executeTakeFirstOrThrow();
  return held;
}

const livingAccess = (db: Queries, deviceId: DeviceId) =>
  db
    .selectFrom("accesses")
    .select(["id", "hostId", "createdAt"])
    .where("deviceId", "=", deviceId)
    .where("retiredAt", "is", null)
    .executeTakeFirst();

async function isRequestDone(db: Queries, requestId: string): Promise<boolean> {
  const row = db.selectFrom("accesses").select("id").where("requestId", "=", requestId);
  return (await row.executeTakeFirst()) !== undefined;
}

/** An access without a host needs no removal, so it counts as removed at once. */
async function retire(db: Queries, deviceId: DeviceId, now: Instant): Promise<void> {
  await db
    .updateTable("accesses")
    .set((of) => ({
      retiredAt: new Date(now),
      removedAt: of.case().when("hostId", "is", null).then(moment(now)).end(),
    }))
    .where("deviceId", "=", deviceId as string)
    // One that its device is moving away from, too.
    .where((of) => of.or([of("retiredAt", "is", null), of("retiredAt", ">", moment(now))]))
    .execute();
}

interface Place extends FreePlace {
  readonly hostId: string;
}

/**
 * Another place on the same host; undefined: the host is full or closed.
 * Call it under `lockPlaces`.
 */
async function placeBeside(db: Queries, hostId: string): Promise<Place | undefined> {
  const host = await db
    .selectFrom("hosts")
    .select(["id", "network", "network6"])
    .where("id", "=", hostId)
    .where("state", "!=", "closed")
    .executeTakeFirst();
  if (host === undefined) return undefined;
  const [place] = await freePlaces(db, host, 1);
  return place && { hostId, ...place };
}

async function insertAccess(
  db: Queries,
  vault: Vault,
  given: AccessToReissue & {
    readonly place: Place | undefined;
    /** Accesses without a place are served in this order. */
    readonly waitingSince: Instant;
  },
): Promise<void> {
  const { deviceId, subscriptionId, requestId, access, place, now } = given;
  const id = v7();
  await db
    .insertInto("accesses")
    .values({
      id,
      deviceId,
      subscriptionId,
      hostId: place?.hostId ?? null,
      address: place?.address ?? null,
      address6: place?.address6 ?? null,
      placedAt: place === undefined ? null : new Date(now),
      identity: place?.address === null ? panelUserName(id) : access.identity,
      secretsEncrypted: vault.seal(access.secrets, accessPurpose(id)),
      presharedHash: access.presharedHash,
      requestId,
      createdAt: new Date(given.waitingSince),
    })
    .execute();
}
