import { isDeepStrictEqual } from "node:util";
import { v7 } from "uuid";
import { type HostId, hostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { lockByName } from "../advisory-lock.ts";
import { notify } from "../notifications.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { countAll } from "../expressions.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { isWaiting } from "../queries/access/access-rights.ts";
import type { Vault } from "../vault.ts";

/** A host as the owner describes it; `settings` are for its adapter and hold secrets. */
export interface HostEntry {
  readonly name: string;
  readonly capacity: number;
  readonly weight: number;
  readonly settings: EnteredSettings;
}

/** The fields of a host's settings that the books need. */
export interface EnteredSettings {
  readonly kind: string;
  /** Left out: its devices have no addresses; they are users of a panel. */
  readonly network?: string;
  /** IPv6; left out: its devices have no address of it. */
  readonly network6?: string | undefined;
  readonly serverAddress?: string;
  /** Where customers reach it; a panel has a `url`. */
  readonly endpoint?: string;
  readonly url?: string;
}

/** A host as it is stored, its settings opened. */
export interface StoredHost {
  readonly id: HostId;
  readonly name: string;
  readonly capacity: number;
  readonly weight: number;
  /**
   * The adapter's settings as JSON, decrypted; undefined if that fails,
   * for the reason `unreadable`.
   */
  readonly settings: unknown;
  readonly unreadable?: string;
  /** From which its probe peer follows, the current one first. */
  readonly probeSecrets: readonly Buffer[];
}

/** What became of a file of hosts. */
export interface HostImport {
  readonly added: readonly string[];
  /** Those that the database describes otherwise: it counts, and not the file. */
  readonly different: readonly string[];
}

const purpose = (name: string) => `host/${name}`;

/** The columns that follow from a host's settings, which themselves are sealed under its name. */
export function settingsColumns(vault: Vault, name: string, settings: EnteredSettings) {
  const { kind, network = null, network6 = null, serverAddress = null } = settings;
  const { endpoint, url } = settings;
  const settingsEncrypted = vault.seal(JSON.stringify(settings), purpose(name));
  const where = { endpoint: endpoint ?? url ?? null };
  return { kind, network, network6, serverAddress, ...where, settingsEncrypted };
}

/** Opens the sealed settings of the host of this name. @throws Error as `Vault.open` does. */
export const openSettings = (vault: Vault, name: string, sealed: string): unknown =>
  JSON.parse(vault.open(sealed, purpose(name)));

/** Hosts are changed one after the other: the name of the lock. */
export const hostsLock = "tollgate hosts";

/** The stored hosts with their sealed settings. */
export class Hosts {
  readonly #em: EntityManager;
  readonly #vault: Vault;

  constructor(em: EntityManager, vault: Vault) {
    this.#em = em;
    this.#vault = vault;
  }

  /**
   * Adds the hosts of this list whose names the database has never had. One that it has, or that
   * was removed, is left as it is: from then on hosts are changed by commands.
   */
  async importOnce(entries: readonly HostEntry[]): Promise<HostImport> {
    return inTransaction(this.#em, async (db) => {
      await lockByName(db, hostsLock);
      const stored = await db
        .selectFrom("hosts")
        .select(["name", "capacity", "weight", "state", "settingsEncrypted"])
        .execute();
      const known = new Map(stored.map((row) => [row.name, row]));
      const added = entries.filter(({ name }) => !known.has(name));
      for (const { name, capacity, weight, settings } of added) {
        const columns = settingsColumns(this.#vault, name, settings);
        const row = { id: v7(), name, capacity, weight, state: "open" as const, ...columns };
        await db.insertInto("hosts").values(row).execute();
      }
      const different = entries.filter((entry) => {
        const row = known.get(entry.name);
        return row !== undefined && (row.state === "closed" || !this.#isSame(entry, row));
      });
      return { added: namesOf(added), different: namesOf(different) };
    });
  }

  #isSame(
    { name, capacity, weight, settings }: HostEntry,
    row: {
      readonly capacity: number;
      readonly weight: number;
      readonly settingsEncrypted: string;
    },
  ): boolean {
    if (capacity !== row.capacity || weight !== row.weight) return false;
    try {
      const stored = openSettings(this.#vault, name, row.settingsEncrypted);
      return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(settings)));
    } catch {
      return false;
    }
  }

  /**
   * All hosts that are not closed. One whose settings cannot be opened says so and does not affect
   * the others.
   */
  async list(): Promise<StoredHost[]> {
    const rows = await queriesOf(this.#em.fork())
      .selectFrom("hosts")
      .select(["id", "name", "capacity", "weight", "settingsEncrypted"])
      .where("state", "!=", "closed")
      .orderBy("name")
      .execute();
    return rows.map(({ id, name, capacity, weight, settingsEncrypted }) => {
      const probeSecrets = this.#vault.derive(`probe/${id}`);
      const host = { id: hostId(id), name, capacity, weight, probeSecrets };
      try {
        return { ...host, settings: openSettings(this.#vault, name, settingsEncrypted) };
      } catch (error) {
        return { ...host, settings: undefined, unreadable: (error as Error).message };
      }
    });
  }

  /** Fills in where each host is reached, of hosts that were stored before that had a column. */
  async fillEndpoints(): Promise<void> {
    const db = queriesOf(this.#em.fork());
    for (const { id, settings } of await this.list()) {
      const { endpoint, url } = (settings ?? {}) as Partial<EnteredSettings>;
      await db
        .updateTable("hosts")
        .set({ endpoint: endpoint ?? url ?? null })
        .where("id", "=", id as string)
        .where("endpoint", "is", null)
        .execute();
    }
  }
}

const namesOf = (entries: readonly HostEntry[]): string[] => entries.map(({ name }) => name);

/** What the database knows about a host itself. */
export interface HostFacts {
  readonly name: string;
  /** Undefined: its devices have no addresses. */
  readonly network: string | undefined;
  /** IPv6; undefined: its devices have no address of it. */
  readonly network6: string | undefined;
  readonly epoch: string | undefined;
  readonly isAway: boolean;
  /** How many peers one full comparison may remove, by an admin's approval. */
  readonly removalsAllowed: number;
  /** Whether the last full comparison saw unknown peers there. */
  readonly hasUnknown: boolean;
}

/** Undefined: the host does not exist or is closed. */
export async function findHostFacts(db: Queries, id: HostId): Promise<HostFacts | undefined> {
  const row = await db
    .selectFrom("hosts")
    .select(["name", "network", "network6", "epoch", "awaySince", "removalsAllowed"])
    .select((of) =>
      of
        .exists(
          of
            .selectFrom("unknown_peers")
            .select("identity")
            .where("hostId", "=", id as string),
        )
        .$castTo<boolean>()
        .as("hasUnknown"),
    )
    .where("id", "=", id)
    .where("state", "!=", "closed")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { name, network, network6, epoch, removalsAllowed, hasUnknown } = row;
  return {
    name,
    network: network ?? undefined,
    network6: network6 ?? undefined,
    epoch: epoch ?? undefined,
    isAway: row.awaySince !== null,
    removalsAllowed,
    hasUnknown,
  };
}

/** How many accesses a host refused, and how many accesses in all wait for a host with room. */
export interface Troubles {
  readonly refused: number;
  readonly waiting: number;
}

/**
 * Records a full comparison and its epoch.
 * @returns the troubles that are left after it.
 */
export async function markCompared(
  db: Queries,
  { id, epoch, now }: { readonly id: HostId; readonly epoch: string; readonly now: Instant },
): Promise<Troubles> {
  const row = await db
    .updateTable("hosts")
    .set({ epoch, seenAt: new Date(now) })
    .where("hosts.id", "=", id as string)
    .returning((of) => [
      of
        .selectFrom("accesses")
        .select(countAll.as("count"))
        .whereRef("accesses.hostId", "=", "hosts.id")
        .where("removedAt", "is", null)
        .where("retiredAt", "is", null)
        .where("refusal", "is not", null)
        .as("refused"),
      of
        .selectFrom("accesses as a")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .select(countAll.as("count"))
        .where(isWaiting(now))
        .as("waiting"),
    ])
    .executeTakeFirst();
  return { refused: row?.refused ?? 0, waiting: row?.waiting ?? 0 };
}

/**
 * Permits one full comparison to remove `count` peers, as an admin approved. Wakes the reconcilers.
 */
export async function allowRemovals(db: Queries, id: HostId, count: number): Promise<void> {
  await db.updateTable("hosts").set({ removalsAllowed: count }).where("id", "=", id).execute();
}

/**
 * Records that the host does not answer, and notifies admins the first time, unless it is worked on.
 * Call it in a transaction.
 */
export async function markAway(
  db: Queries,
  { id, trouble, now }: { readonly id: HostId; readonly trouble: string; readonly now: Instant },
): Promise<void> {
  const row = await db
    .updateTable("hosts")
    .set({ awaySince: new Date(now), trouble })
    .where("id", "=", id)
    .where("awaySince", "is", null)
    .returning(["name", "maintenanceId"])
    .executeTakeFirst();
  if (row === undefined || row.maintenanceId !== null) return;
  await notifyAdmins(db, `host-away/${id}/${now}`, { kind: "hostAway", host: row.name, trouble });
}

/** Records that the host answers again, and notifies admins if it was recorded as away. */
export async function markBack(db: Queries, id: HostId, now: Instant): Promise<void> {
  const row = await db
    .updateTable("hosts")
    .set({ awaySince: null, trouble: null })
    .where("id", "=", id)
    .where("awaySince", "is not", null)
    .returning(["name", "maintenanceId"])
    .executeTakeFirst();
  if (row === undefined || row.maintenanceId !== null) return;
  await notifyAdmins(db, `host-back/${id}/${now}`, { kind: "hostBack", host: row.name });
}

/** Asks the reconciler of this host to compare all of it now. */
export async function askForComparison(db: Queries, id: HostId): Promise<void> {
  await notify(db, "hosts", id);
}
