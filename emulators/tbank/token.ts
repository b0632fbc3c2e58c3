import { createHash } from "node:crypto";

/**
 * What proves a request or a notification: SHA-256 in hex over the values of all root scalars and
 * the password, in the byte order of their names.
 */
export function tokenOf(scalars: ReadonlyMap<string, string>, password: string): string {
  const signed = new Map(scalars).set("Password", password);
  signed.delete("Token");
  const inOrder = [...signed].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const text = inOrder.map(([, value]) => value).join("");
  return createHash("sha256").update(text).digest("hex");
}
