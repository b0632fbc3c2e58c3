import { Hosts } from "../../db/access/hosts.ts";
import { openDatabase } from "../../db/orm.ts";
import { Vault, type VaultKey } from "../../db/vault.ts";
import { complain, print } from "./output.ts";

/** What opens sealed settings: the worker has it, and nobody else. */
export interface HostKeys {
  readonly keys: readonly VaultKey[];
  /** For a role that may read sealed columns. */
  readonly databaseUrl: string;
}

/**
 * Writes all hosts with their settings, secrets included, as a file that `hosts import` and
 * HOSTS_FILE take. It asks no worker: who holds the keys proves by them that they may read.
 */
export async function exportHosts(given: HostKeys | undefined): Promise<number> {
  if (given === undefined) {
    return complain(
      "the settings can be opened only where ENCRYPTION_KEYS are: run it in the worker's container",
    );
  }
  const database = await openDatabase(given.databaseUrl, 1);
  try {
    const stored = await new Hosts(database.em, new Vault(given.keys)).list();
    const sealed = stored.find(({ unreadable }) => unreadable !== undefined);
    if (sealed !== undefined) return complain(`${sealed.name}: ${sealed.unreadable}`);
    const entries = stored.map(({ name, capacity, weight, settings }) => {
      return { name, capacity, weight, settings };
    });
    return print([JSON.stringify(entries, null, 2)]);
  } finally {
    await database.close();
  }
}
