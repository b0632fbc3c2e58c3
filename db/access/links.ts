import { fileLinkMs, mostHwids } from "../../domain/access/link.ts";
import { type DeviceId, type HostId, hostId } from "../../domain/ids.ts";
import { addMs, type Instant, instant } from "../../domain/time.ts";
import { countAll, moment } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { isLetIn, isRetired } from "../queries/access/access-rights.ts";
import type { Vault } from "../vault.ts";
import { findDeviceLink } from "./device-links.ts";
import { accessPurpose } from "./devices.ts";
import { filePurpose, hashToken, newToken, sourcePurpose, vaultOfToken } from "./link-tokens.ts";

/** An access with what its key is made of. */
export interface LinkedAccess {
  readonly accessId: string;
  readonly deviceId: DeviceId;
  readonly hostId: HostId;
  readonly identity: string;
  readonly address: string | undefined;
  readonly address6: string | undefined;
  readonly secrets: string;
}

/** An access that is on a host and not retired; undefined: there is none of this id. */
export async function findLinkedAccess(
  db: Queries,
  vault: Vault,
  accessId: string,
): Promise<LinkedAccess | undefined> {
  const row = await db
    .selectFrom("accesses as a")
    .select([
      "a.deviceId",
      "a.hostId",
      "a.identity",
      "a.address",
      "a.address6",
      "a.secretsEncrypted",
    ])
    .where("a.id", "=", accessId)
    .where((of) => of.not(isRetired(instant(new Date()))))
    .executeTakeFirst();
  if (!row?.hostId) return undefined;
  return {
    accessId,
    deviceId: row.deviceId as DeviceId,
    hostId: hostId(row.hostId),
    identity: row.identity,
    address: row.address ?? undefined,
    address6: row.address6 ?? undefined,
    secrets: vault.open(row.secretsEncrypted, accessPurpose(accessId)),
  };
}

/**
 * Keeps from where the servers of an access are fetched, for whoever has its device's link.
 * @returns false: the device has no link.
 */
export async function keepLinkSource(
  db: Queries,
  vault: Vault,
  {
    accessId,
    deviceId,
    source,
  }: Pick<LinkedAccess, "accessId" | "deviceId"> & { readonly source: string },
): Promise<boolean> {
  const token = await findDeviceLink(db, vault, deviceId);
  if (token === undefined) return false;
  const found = {
    tokenHash: hashToken(token),
    sourceSealed: vaultOfToken(token).seal(source, sourcePurpose(accessId)),
    foundAt: new Date(),
  };
  await db
    .insertInto("link_sources")
    .values({ accessId, ...found })
    .onConflict((row) => row.column("accessId").doUpdateSet(found))
    .execute();
  return true;
}

/** A phone or computer that fetches a device's link. */
export interface HwidToCount {
  readonly deviceId: DeviceId;
  readonly hash: string;
  readonly name: string;
}

/**
 * Counts a phone or computer, once. Call it in a transaction: it locks the device's link.
 * @returns false: others use the link already, as many as may.
 */
export async function countHwid(db: Queries, hwid: HwidToCount): Promise<boolean> {
  const { deviceId, hash } = hwid;
  await db
    .selectFrom("device_links")
    .select("deviceId")
    .where("deviceId", "=", deviceId as string)
    .forUpdate()
    .executeTakeFirst();
  const { others } = await db
    .selectFrom("link_hwids")
    .select(countAll.as("others"))
    .where("deviceId", "=", deviceId as string)
    .where("hash", "!=", hash)
    .executeTakeFirstOrThrow();
  if (others >= mostHwids) return false;
  await db
    .insertInto("link_hwids")
    .values({ ...hwid })
    .onConflict((row) => row.columns(["deviceId", "hash"]).doNothing())
    .execute();
  return true;
}

const fileLinkPurpose = (tokenHash: string): string => `file-link/${tokenHash}`;

/** The token of a link to a file, which `openFileLink` opens. */
export interface SealedFileLink {
  readonly tokenHash: string;
  readonly tokenEncrypted: string;
}

/**
 * Opens the token of a link to a file.
 * @throws Error when it is sealed with a key that the vault does not have.
 */
export const openFileLink = (vault: Vault, { tokenHash, tokenEncrypted }: SealedFileLink): string =>
  vault.open(tokenEncrypted, fileLinkPurpose(tokenHash));

/** A link to the file of this access that was not used yet; made where there is none. */
export async function keepFileLink(
  db: Queries,
  vault: Vault,
  { accessId, now }: { readonly accessId: string; readonly now: Instant },
): Promise<SealedFileLink> {
  const known = await db
    .selectFrom("file_links")
    .select(["tokenHash", "tokenEncrypted"])
    .where("accessId", "=", accessId)
    .where("usedAt", "is", null)
    // Who is sent it has at least half of its time to use it.
    .where("expiresAt", ">", new Date(addMs(now, fileLinkMs / 2)))
    .executeTakeFirst();
  if (known !== undefined) return known;
  const token = newToken();
  const tokenHash = hashToken(token);
  const tokenEncrypted = vault.seal(token, fileLinkPurpose(tokenHash));
  const expiresAt = new Date(addMs(now, fileLinkMs));
  await db
    .insertInto("file_links")
    .values({ tokenHash, accessId, tokenEncrypted, expiresAt })
    .execute();
  return { tokenHash, tokenEncrypted };
}

/** The access whose file a link gives now; undefined: it is used up, over or not let in. */
export async function findFileAccess(
  db: Queries,
  vault: Vault,
  { tokenHash, now }: { readonly tokenHash: string; readonly now: Instant },
): Promise<LinkedAccess | undefined> {
  const row = await db
    .selectFrom("file_links as f")
    .innerJoin("accesses as a", "a.id", "f.accessId")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select("f.accessId")
    .where("f.tokenHash", "=", tokenHash)
    .where("f.usedAt", "is", null)
    .where("f.expiresAt", ">", moment(now))
    .where(isLetIn(now))
    .executeTakeFirst();
  return row && findLinkedAccess(db, vault, row.accessId);
}

/**
 * Uses up a link to a file, and leaves the file for the request that did.
 * @returns false: another request has used it up.
 */
export async function useFileLink(
  db: Queries,
  vault: Vault,
  use: { readonly tokenHash: string; readonly requestId: string; readonly file: object },
): Promise<boolean> {
  const { tokenHash, requestId, file } = use;
  const row = await db
    .selectFrom("file_links")
    .select(["tokenEncrypted", "usedBy"])
    .where("tokenHash", "=", tokenHash)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || (row.usedBy !== null && row.usedBy !== requestId)) return false;
  const token = vault.open(row.tokenEncrypted, fileLinkPurpose(tokenHash));
  const fileSealed = vaultOfToken(token).seal(JSON.stringify(file), filePurpose(tokenHash));
  await db
    .updateTable("file_links")
    .set({ usedAt: new Date(), usedBy: requestId, fileSealed })
    .where("tokenHash", "=", tokenHash)
    .execute();
  return true;
}

/** Whether this request has used up the link to a file. */
export async function isUsedBy(
  db: Queries,
  { tokenHash, requestId }: { readonly tokenHash: string; readonly requestId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("file_links")
    .select("usedBy")
    .where("tokenHash", "=", tokenHash)
    .executeTakeFirst();
  return row?.usedBy === requestId;
}
