import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "@temporalio/client";
import { SearchAttributeType } from "@temporalio/common";
import { addSearchAttributes } from "../../workers/search-attributes.ts";
import { searchAttributes } from "../../workflows/contract/names.ts";

/**
 * Makes the namespace know our search attributes, patiently: one that was just made may not be
 * known to all services of a server for some seconds.
 * @throws the server's last error after `patienceMs`.
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

/** As the development server's `--search-attribute` takes them, for namespaces that it creates. */
export const searchAttributeFlags: readonly string[] = Object.values(searchAttributes).flatMap(
  ({ name, type }) => [
    "--search-attribute",
    `${name}=${type === SearchAttributeType.BOOL ? "Bool" : "Keyword"}`,
  ],
);
