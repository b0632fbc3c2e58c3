import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "@temporalio/client";
import { SearchAttributeType } from "@temporalio/common";
import { addSearchAttributes } from "../../workers/search-attributes.ts";
import { searchAttributes } from "../../workflows/contract/names.ts";

/**
 * Adds our search attributes to the namespace and retries for `deadlineMs`: it may take some
 * seconds until all parts of a server know a new namespace.
 * @throws the server's last error after the deadline.
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  deadlineMs = 20_000,
): Promise<void> {
  for (const end = Date.now() + deadlineMs; ; await delay(100)) {
    try {
      await addSearchAttributes(connection, namespace);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Flags of the development server that add our search attributes to the namespace it creates. */
export const searchAttributeFlags: readonly string[] = Object.values(searchAttributes).flatMap(
  ({ name, type }) => [
    "--search-attribute",
    `${name}=${type === SearchAttributeType.BOOL ? "Bool" : "Keyword"}`,
  ],
);
