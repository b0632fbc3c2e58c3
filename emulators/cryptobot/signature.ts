import { createHash, createHmac } from "node:crypto";

/**
 * What the header `crypto-pay-api-signature` says: HMAC-SHA256 over the raw body in hex. The key is
 * the SHA-256 of the token as 32 raw bytes, not as hex text.
 */
export function signatureOf(body: string, token: string): string {
  const key = createHash("sha256").update(token).digest();
  return createHmac("sha256", key).update(body).digest("hex");
}
