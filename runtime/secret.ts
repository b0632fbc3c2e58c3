import { createHash, timingSafeEqual } from "node:crypto";

/** Compares secrets in constant time, for any lengths. */
export const sameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
