import type { DeviceId } from "../../domain/ids.ts";
import type { Queries } from "../orm.ts";
import type { Vault } from "../vault.ts";
import { hashToken, newToken } from "./link-tokens.ts";

const purposeOf = (id: string): string => `link/${id}`;

/**
 * The sealed token of a device's link, which is made at the first time; see `openDeviceLink`.
 * @throws Error when the device does not exist.
 */
export async function keepDeviceLink(db: Queries, vault: Vault, id: DeviceId): Promise<string> {
  const known = await findSealed(db, id);
  if (known !== undefined) return known;
  await db
    .insertInto("device_links")
    .values({ deviceId: id, ...sealed(vault, id), requestId: "" })
    .onConflict((row) => row.column("deviceId").doNothing())
    .execute();
  const kept = await findSealed(db, id);
  if (kept === undefined) throw new Error(`device ${id} has no link`);
  return kept;
}

/**
 * Gives a device that has a link another one, once per request; the old one leads nowhere. The
 * phones and computers that used it are forgotten. Call it in a transaction.
 */
export async function replaceDeviceLink(
  db: Queries,
  vault: Vault,
  { deviceId, requestId }: { readonly deviceId: DeviceId; readonly requestId: string },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("device_links")
    .set({ ...sealed(vault, deviceId), requestId, madeAt: new Date() })
    .where("deviceId", "=", deviceId as string)
    .where("requestId", "!=", requestId)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) await forgetHwids(db, deviceId);
}

/** The token of a device's link; undefined: it has none. */
export async function findDeviceLink(
  db: Queries,
  vault: Vault,
  id: string,
): Promise<string | undefined> {
  const sealedToken = await findSealed(db, id);
  return sealedToken && openDeviceLink(vault, id, sealedToken);
}

/**
 * Opens the token of a device's link.
 * @throws Error when it is sealed with a key that the vault does not have.
 */
export const openDeviceLink = (vault: Vault, id: string, sealedToken: string): string =>
  vault.open(sealedToken, purposeOf(id));

async function findSealed(db: Queries, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("device_links")
    .select("tokenEncrypted")
    .where("deviceId", "=", id)
    .executeTakeFirst();
  return row?.tokenEncrypted;
}

/** Forgets the phones and computers that use a device's link: the next one is the first. */
export async function forgetHwids(db: Queries, id: DeviceId): Promise<void> {
  await db
    .deleteFrom("link_hwids")
    .where("deviceId", "=", id as string)
    .execute();
}

function sealed(vault: Vault, id: DeviceId) {
  const token = newToken();
  return { tokenHash: hashToken(token), tokenEncrypted: vault.seal(token, purposeOf(id)) };
}
