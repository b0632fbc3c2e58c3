import type { Address } from "@ton/core";
import * as z from "zod";
import { rawOf } from "./address.ts";

/** How far each account was read: its lt as text, since an lt may be above 2^53. */
const places = z.record(z.string(), z.string().regex(/^\d{1,20}$/u));
/** The last lt that was read, by account. */
export type Places = Readonly<z.infer<typeof places>>;

/**
 * Reads a cursor of `cursorOf`. @throws Error when it is not one:
 * starting again is an admin's decision.
 */
export function placesIn(cursor: string): Places {
  if (cursor === "") return {};
  try {
    return places.parse(JSON.parse(cursor));
  } catch {
    throw new Error("the cursor of ton is not readable: delete its row to read from the beginning");
  }
}

/** The cursor that holds these places; "" for the beginning. */
export const cursorOf = (read: Places): string =>
  Object.keys(read).length ? JSON.stringify(read) : "";

/** The last lt that was read of an account, or 0. */
export const placeOf = (read: Places, account: Address): bigint =>
  BigInt(read[rawOf(account)] ?? 0);
