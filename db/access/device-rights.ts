import {
  byClaim,
  deviceLimitAt,
  isGoingOn,
  replacedBy,
  rightsOfDevices,
} from "../../domain/access/device-rights.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { subscriptionId as newSubscriptionId, type TelegramId } from "../../domain/ids.ts";
import { type Instant, instant, toMs } from "../../domain/time.ts";
import { moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { recordsOf } from "../rows.ts";
import { isAddOnSold } from "./add-ons.ts";

/**
 * Until when each bought device lasts, also those that have ended. One whose whole price is returned,
 * or about to be, counts as ended when it was bought.
 */
export async function listExtraDevices(db: Queries, subscriptionId: string): Promise<Instant[]> {
  const rows = await db
    .selectFrom("add_ons")
    .select(["until", "at", "returnedMinor", "priceMinor"])
    .where("subscriptionId", "=", subscriptionId)
    .where("kind", "=", "device")
    .execute();
  return rows.flatMap(({ until, at, returnedMinor, priceMinor }) => {
    if (until === null) return [];
    return [instant(returnedMinor < priceMinor ? until : at)];
  });
}

/** What has changed about the rights of devices. */
export interface AssignedRights {
  readonly subscriptionId: string;
  /** The names of those that were not paused before. */
  readonly paused: readonly string[];
  /** How many devices may be on now. */
  readonly limit: number;
}

/**
 * Writes which devices the plan has room for, and until when those have access that were bought
 * beside it. Call it in the transaction that changes devices, their order, the plan or what was
 * bought, with the subscription locked.
 */
export async function assignDeviceRights(
  db: Queries,
  subscriptionId: string,
  now: Instant,
): Promise<AssignedRights> {
  const { devices, planLimit } = await loadHeld(db, subscriptionId);
  const none = { subscriptionId, paused: [], limit: planLimit };
  const hasOwnEnd = devices.some(({ endsAt, isPaused }) => endsAt !== undefined || isPaused);
  if (devices.length <= planLimit && !hasOwnEnd) return none;
  const extras = await listExtraDevices(db, subscriptionId);
  const rights = rightsOfDevices(devices.length, planLimit, extras);
  const changed = devices.flatMap(({ id, accessId, endsAt, isPaused, name }, place) => {
    const right = rights[place];
    if (accessId === null || right === undefined) return [];
    const end = right.kind === "bought" ? right.until : undefined;
    const pauses = right.kind === "paused";
    if (pauses === isPaused && end === endsAt) return [];
    const isNew = pauses && !isPaused;
    const ends = end === undefined ? null : new Date(end);
    return [{ id, ends, paused: pauses ? new Date(now) : null, name, isNew }];
  });
  await write(db, changed, now);
  return {
    subscriptionId,
    paused: changed.filter(({ isNew }) => isNew).map(({ name }) => name),
    limit: deviceLimitAt(planLimit, extras, now),
  };
}

/** The devices that are not revoked, by their claim, and how many the plan has room for. */
async function loadHeld(db: Queries, subscriptionId: string) {
  const { deviceLimit: planLimit } = await db
    .selectFrom("subscriptions")
    .select("deviceLimit")
    .where("id", "=", subscriptionId)
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom("devices as d")
    .leftJoin("accesses as a", (join) =>
      join.onRef("a.deviceId", "=", "d.id").on("a.retiredAt", "is", null),
    )
    .select(["d.id", "d.name", "d.createdAt", "d.chosenAt"])
    .select(["a.id as accessId", "a.endsAt", "a.pausedAt"])
    .where("d.subscriptionId", "=", subscriptionId)
    .where("d.revokedAt", "is", null)
    .execute();
  const devices = rows.map((row) => ({
    id: row.id,
    name: row.name,
    accessId: row.accessId,
    addedAt: instant(row.createdAt),
    chosenAt: row.chosenAt === null ? undefined : instant(row.chosenAt),
    endsAt: row.endsAt === null ? undefined : instant(row.endsAt),
    isPaused: row.pausedAt !== null,
  }));
  return { devices: byClaim(devices), planLimit };
}

interface RightRow {
  /** Of the device. */
  readonly id: string;
  readonly ends: Date | null;
  readonly paused: Date | null;
}

/**
 * A device that stays paused keeps the moment since when it is. One that moves to another host has
 * two accesses, with one right.
 */
async function write(db: Queries, rows: readonly RightRow[], now: Instant): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ id, ends, paused }) => ({ id, ends, paused }));
  await db
    .updateTable("accesses")
    .from(recordsOf(records, "n", { id: "uuid", ends: "timestamptz", paused: "timestamptz" }))
    .set((of) => ({ endsAt: of.ref("n.ends"), pausedAt: of.ref("n.paused") }))
    .whereRef("accesses.deviceId", "=", "n.id")
    .where((of) =>
      of.or([of("accesses.retiredAt", "is", null), of("accesses.retiredAt", ">", moment(now))]),
    )
    .execute();
}

/** What the owner reads about devices that a change of plan has paused; nothing where none was. */
export async function messagesAboutPaused(
  db: Queries,
  to: TelegramId,
  { subscriptionId, paused: names, limit }: AssignedRights,
  cause: string,
): Promise<OutgoingMessage[]> {
  if (names.length === 0) return [];
  const canBuy = (await isAddOnSold(db, subscriptionId, "device"))
    ? ({ canBuy: true } as const)
    : {};
  const notice = { kind: "devicesPaused", limit, names, ...canBuy } as const;
  return [noticeTo(to, `devices-paused/${cause}`, notice, newSubscriptionId(subscriptionId))];
}

/**
 * Gives a device the first claim. Call it in a transaction, with the subscription locked.
 * @returns its name, and that of the device which is off for it; undefined: the subscription does
 * not have this device.
 */
export async function chooseDevice(
  db: Queries,
  { subscriptionId, deviceId }: { readonly subscriptionId: string; readonly deviceId: string },
  now: Instant,
): Promise<{ readonly name: string; readonly instead?: string } | undefined> {
  const { devices } = await loadHeld(db, subscriptionId);
  const chosen = devices.find(({ id }) => id === deviceId);
  if (chosen === undefined) return undefined;
  const { name } = chosen;
  if (isGoingOn(chosen, now)) return { name };
  const instead = replacedBy(devices, deviceId, now);
  const latest = Math.max(...devices.map(({ chosenAt }) => (chosenAt ? toMs(chosenAt) + 1 : 0)));
  const chosenAt = new Date(Math.max(toMs(now), latest));
  await db.updateTable("devices").set({ chosenAt }).where("id", "=", deviceId).execute();
  await assignDeviceRights(db, subscriptionId, now);
  return { name, ...(instead === undefined ? {} : { instead: instead.name }) };
}
