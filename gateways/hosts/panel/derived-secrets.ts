import { createHmac } from "node:crypto";
import * as z from "zod";
import { Refused } from "../../refused.ts";
import type { Access } from "../port.ts";

/** What a panel's user connects with, always the same for one access. All of it is secret. */
export interface UserSecrets {
  /** A random-looking UUID (RFC 9562, version 4). */
  readonly uuid: string;
  /** 24 letters and digits. */
  readonly password: string;
  /** 24 lower-case letters and digits: the end of a link, where the panel lets us choose it. */
  readonly linkId: string;
}

const secretsForm = z.object({ privateKey: z.string().min(40) });

/**
 * Derives a user's secrets from those of their access, so that a repeated request makes the same
 * user and a lost panel is filled with the same keys.
 * @throws Refused when the secrets of the access cannot be read.
 */
export function userSecretsOf({ accessId, secrets }: Access): UserSecrets {
  const key = privateKeyIn(secrets);
  if (key === undefined) throw new Refused(`access ${accessId}: its secrets cannot be read`);
  const derive = (purpose: string) =>
    createHmac("sha256", key).update(`tollgate/panel/${purpose}`).digest();
  return {
    uuid: uuidOf(derive("uuid")),
    password: wordOf(
      derive("password"),
      "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
    ),
    linkId: wordOf(derive("link"), "abcdefghijklmnopqrstuvwxyz0123456789"),
  };
}

function privateKeyIn(secrets: string): string | undefined {
  try {
    return secretsForm.safeParse(JSON.parse(secrets)).data?.privateKey;
  } catch {
    return undefined;
  }
}

function uuidOf(bytes: Buffer): string {
  const of = Buffer.from(bytes.subarray(0, 16));
  of[6] = ((of[6] ?? 0) & 0x0f) | 0x40;
  of[8] = ((of[8] ?? 0) & 0x3f) | 0x80;
  return of.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
}

/** 24 characters: a byte of 32 chooses each, the bias of the remainder is harmless here. */
const wordOf = (bytes: Buffer, alphabet: string): string =>
  Array.from(bytes.subarray(0, 24), (byte) => alphabet[byte % alphabet.length]).join("");
