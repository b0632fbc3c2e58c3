import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { Vault } from "../vault.ts";

/** A new token: nobody guesses 192 bits. */
export const newToken = (): string => randomBytes(24).toString("base64url");

/** By which a token is found: the books have no token that could be used. */
export const hashToken = (token: string): string =>
  createHash("sha256").update(token).digest("base64url");

/** What the books keep of a phone's or computer's HWID: each device's link has a value of its own. */
export const hashHwid = (deviceId: string, hwid: string): string =>
  createHash("sha256").update(`${deviceId}/${hwid}`).digest("base64url");

/**
 * A vault that who has the token can open. Its key is derived from the token by HKDF-SHA256
 * (RFC 5869), which the token's hash does not help to find.
 */
export function vaultOfToken(token: string): Vault {
  const key = Buffer.from(hkdfSync("sha256", token, "", "tollgate/link", 32));
  return new Vault([{ id: "token", key }]);
}

/** The purpose for which the source of an access is sealed. */
export const sourcePurpose = (accessId: string): string => `link-source/${accessId}`;

/** The purpose for which a link's file is sealed. */
export const filePurpose = (tokenHash: string): string => `link-file/${tokenHash}`;
