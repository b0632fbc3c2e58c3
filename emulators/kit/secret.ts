import { createHash, timingSafeEqual } from "node:crypto";

/** Compares secrets in constant time. */
export const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
