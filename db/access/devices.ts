import { v7 } from "uuid";
import type { DeviceId, SubscriptionId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import type { Vault } from "../vault.ts";
import { freeAddresses, lockPlaces, placeWaiting } from "./placement.ts";

/** What an adapter made for a new access, as `NewAccess` of the port `VpnHost`. */
export interface MadeAccess {
  readonly identity: string;
  readonly secrets: string;
  readonly presharedHash: string;
}

export interface DeviceToAdd {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
  readonly name: string;
  /** What asks for it: the same request makes one access. */
  readonly requestId: string;
  readonly access: MadeAccess;
  readonly now: Instant;
}

export type Added =
  | { readonly kind: "added" }
  | { readonly kind: "limit"; readonly limit: number }
  /** It is added; its key comes as soon as there is time, and a host has room: its owner is told where none has. */
  | { readonly kind: "waiting" };

/** What an access's secrets are sealed for. */
export const accessPurpose = (accessId: string): string => `access/${accessId}`;

/**
 * Gives a subscription a device with an access of its own, and the access a place if a host has room. The same
 * device is added once. To be called in a transaction: it locks the subscription.
 */
export async function addDevice(db: Queries, vault: Vault, device: DeviceToAdd): Promise<Added> {
  const { deviceId, subscriptionId, name, now } = device;
  const { deviceLimit: limit } = await lockSubscription(db, subscriptionId);
  if (!(await isDeviceThere(db, deviceId))) {
    if ((await countDevices(db, subscriptionId)) >= limit) return { kind: "limit", limit };
    await db
      .insertInto("devices")
      .values({ id: deviceId, subscriptionId, name, createdAt: new Date(now) })
      .execute();
    await insertAccess(db, vault, { ...device, place: undefined, waitingSince: now });
    await placeWaiting(db, now);
  }
  const living = await livingAccess(db, deviceId);
  return { kind: living?.hostId === null ? "waiting" : "added" };
}

export interface AccessToReissue {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
  readonly requestId: string;
  readonly access: MadeAccess;
  readonly now: Instant;
}

/**
 * Retires a device's access and makes another on the same host at another address, once per request: the old
 * one is taken off the host, and its traffic counted, by its own identity. False: the subscription has no such
 * device. To be called in a transaction.
 */
export async function reissue(db: Queries, vault: Vault, to: AccessToReissue): Promise<boolean> {
  const { deviceId, subscriptionId, requestId, now } = to;
  await lockSubscription(db, subscriptionId);
  const device = await findDevice(db, { deviceId, subscriptionId });
  if (device === undefined) return false;
  if (await isRequestDone(db, requestId)) return true;
  const old = await livingAccess(db, deviceId);
  // Whoever gives places away holds this first, and then the accesses that wait.
  await lockPlaces(db);
  await retire(db, deviceId, now);
  const place = old?.hostId == null ? undefined : await placeBeside(db, old.hostId);
  const waitingSince = old?.hostId === null ? old.createdAt.toISOString() : now;
  await insertAccess(db, vault, { ...to, place, waitingSince: waitingSince as Instant });
  if (place === undefined) await placeWaiting(db, now);
  return true;
}

/** The new name, or undefined: the subscription has no such device. */
export async function renameDevice(
  db: Queries,
  { deviceId, subscriptionId, name }: Of & { readonly name: string },
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
 * Revokes a device and retires its access: the host's reconciler takes it off. Its name, also when it was
 * revoked before; undefined: the subscription never had such a device. To be called in a transaction.
 */
export async function revokeDevice(
  db: Queries,
  { deviceId, subscriptionId, now }: Of & { readonly now: Instant },
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
  return device.name;
}

/**
 * Revokes all devices of a subscription that has ended for good: their places and addresses are somebody else's as
 * soon as their hosts have taken them off. To be called in a transaction.
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

interface Of {
  readonly deviceId: DeviceId;
  readonly subscriptionId: SubscriptionId;
}

/** @throws Error when there is no such subscription. */
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

const findDevice = (db: Queries, { deviceId, subscriptionId }: Of) =>
  db
    .selectFrom("devices")
    .select("id")
    .where("id", "=", deviceId)
    .where("subscriptionId", "=", subscriptionId)
    .where("revokedAt", "is", null)
    .executeTakeFirst();

async function countDevices(db: Queries, subscriptionId: SubscriptionId): Promise<number> {
  const { held } = await db
    .selectFrom("devices")
    .select((of) => of.fn.countAll<string>().as("held"))
    .where("subscriptionId", "=", subscriptionId)
    .where("revokedAt", "is", null)
    .executeTakeFirstOrThrow();
  return Number(held);
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

/** One that has no host yet has nothing to be taken off. */
async function retire(db: Queries, deviceId: DeviceId, now: Instant): Promise<void> {
  await sql`
    update accesses set retired_at = ${now}::timestamptz,
                        removed_at = case when host_id is null then ${now}::timestamptz end
     where device_id = ${deviceId} and retired_at is null`.execute(db);
}

interface Place {
  readonly hostId: string;
  readonly address: string;
}

/** Another address on the same host; undefined where that is full or closed. Call it under `lockPlaces`. */
async function placeBeside(db: Queries, hostId: string): Promise<Place | undefined> {
  const host = await db
    .selectFrom("hosts")
    .select(["id", "network"])
    .where("id", "=", hostId)
    .where("state", "!=", "closed")
    .executeTakeFirst();
  if (host === undefined) return undefined;
  const [address] = await freeAddresses(db, host, 1);
  return address === undefined ? undefined : { hostId, address };
}

async function insertAccess(
  db: Queries,
  vault: Vault,
  given: AccessToReissue & {
    readonly place: Place | undefined;
    /** Who waits for a place is served in this order. */
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
      placedAt: place === undefined ? null : new Date(now),
      identity: access.identity,
      secretsEncrypted: vault.seal(access.secrets, accessPurpose(id)),
      presharedHash: access.presharedHash,
      requestId,
      createdAt: new Date(given.waitingSince),
    })
    .execute();
}
