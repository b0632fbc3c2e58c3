import { accessIdOfPanelUser } from "../../../domain/derived-ids.ts";

/** The mark in a user's note by which it is known as this shop's. */
export const markerOf = (shop: string, accessId: string): string => `tollgate:${shop}:${accessId}`;

/** Whose a user is, by its name and its note. */
export type Owner = "ours" | "unmarked" | "another";

/**
 * Reads whose user this is: ours when its note has our mark for this very name; `unmarked` when no
 * Tollgate has marked it; otherwise another shop's, or a copy under another name.
 */
export function ownerOf(shop: string, { name, note }: { name: string; note: string }): Owner {
  const accessId = accessIdOfPanelUser(name);
  if (accessId !== undefined && note.includes(markerOf(shop, accessId))) return "ours";
  return /\btollgate:/u.test(note) ? "another" : "unmarked";
}
