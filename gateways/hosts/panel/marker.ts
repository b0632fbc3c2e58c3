import { accessIdOfPanelUser } from "../../../domain/derived-ids.ts";

/** The mark in a user's note by which it is known as this shop's: `of` is its access, or its name. */
export const markerOf = (shop: string, of: string): string => `tollgate:${shop}:${of}`;

/** Whose a user is, by its name and its note. */
export type Owner = "ours" | "unmarked" | "another";

/**
 * Reads whose user this is: ours when its note has our mark for this very name; `unmarked` when no
 * Tollgate has marked it; otherwise another shop's, or a copy under another name. A user whom others
 * have made and who was taken over is marked by its name.
 */
export function ownerOf(shop: string, { name, note }: { name: string; note: string }): Owner {
  const accessId = accessIdOfPanelUser(name);
  const isOurs =
    accessId === undefined
      ? note.split(/\s+/u).includes(markerOf(shop, name))
      : note.includes(markerOf(shop, accessId));
  if (isOurs) return "ours";
  return /\btollgate:/u.test(note) ? "another" : "unmarked";
}
