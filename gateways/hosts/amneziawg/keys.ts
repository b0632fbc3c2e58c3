import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";

/** An X25519 pair, each half the base64 of 32 bytes. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const canonicalKey = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/u;

/** Whether `text` is a WireGuard key: base64 of exactly 32 bytes, in its canonical form. */
export const isKey = (text: string): boolean => canonicalKey.test(text);

const base64 = (base64url: string | undefined): string =>
  Buffer.from(base64url ?? "", "base64url").toString("base64");

/** Draws an X25519 pair. */
export function generateKeyPair(): KeyPair {
  const { x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  return { privateKey: base64(d), publicKey: base64(x) };
}

/** Draws the 32 random bytes that host and device mix into each handshake, in base64. */
export const generatePresharedKey = (): string => randomBytes(32).toString("base64");

/** The PKCS #8 header before the 32 bytes of an X25519 private key (RFC 8410, section 7). */
const pkcs8Head = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A private key in the form that Node reads, DER. */
export const pkcs8Of = (privateKey: string): Buffer =>
  Buffer.concat([pkcs8Head, Buffer.from(privateKey, "base64")]);

/**
 * The public half of a private key.
 * @throws RangeError when `privateKey` is not a key; the message never contains it.
 */
export function publicKeyOf(privateKey: string): string {
  if (!isKey(privateKey)) throw new RangeError("a private key is the base64 of 32 bytes");
  const key = createPrivateKey({ key: pkcs8Of(privateKey), format: "der", type: "pkcs8" });
  return base64(createPublicKey(key).export({ format: "jwk" }).x);
}
