import { v7 } from "uuid";
import { type HostId, hostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
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
  readonly settings: {
    readonly kind: string;
    /** Left out: its devices have no addresses; they are users of a panel. */
    readonly network?: string;
    readonly serverAddress?: string;
  };
}

/** A host as it is stored, its settings opened. */
export interface StoredHost {
  readonly id: HostId;
  readonly name: string;
  /**
   * The adapter's settings as JSON, decrypted; undefined if that fails,
   * for the reason `unreadable`.
   */
  readonly settings: unknown;
  readonly unreadable?: string;
}

const purpose = (name: string) => `host/${name}`;

/** The stored hosts with their sealed settings. */
export class Hosts {
  readonly #em: EntityManager;
  readonly #vault: Vault;

  constructor(em: EntityManager, vault: Vault) {
    this.#em = em;
    this.#vault = vault;
  }

  /**
   * Brings the stored hosts in line with this list, by name. A host that is no longer listed is
   * kept but takes no new devices.
   */
  async importAll(entries: readonly HostEntry[]): Promise<void> {
    await inTransaction(this.#em, async (db) => {
      for (const { name, capacity, weight, settings } of entries) {
        const { kind, network = null, serverAddress = null } = settings;
        const settingsEncrypted = this.#vault.seal(JSON.stringify(settings), purpose(name));
        const state = "open" as const;
        const row = { kind, network, serverAddress, capacity, weight, state, settingsEncrypted };
        await db
          .insertInto("hosts")
          .values({ id: v7(), name, ...row })
          .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
          .execute();
      }
      const names = entries.map(({ name }) => name);
      let unlisted = db.updateTable("hosts").set({ state: "draining" });
      if (names.length > 0) unlisted = unlisted.where("name", "not in", names);
      await unlisted.execute();
    });
  }

  /**
   * All hosts that are not closed. One whose settings cannot be opened says so and does not affect
   * the others.
   */
  async list(): Promise<StoredHost[]> {
    const rows = await queriesOf(this.#em.fork())
      .selectFrom("hosts")
      .select(["id", "name", "settingsEncrypted"])
      .where("state", "!=", "closed")
      .orderBy("name")
      .execute();
    return rows.map(({ id, name, settingsEncrypted }) => {
      const host = { id: hostId(id), name };
      try {
        const settings = this.#vault.open(settingsEncrypted, purpose(name));
        return { ...host, settings: JSON.parse(settings) as unknown };
      } catch (error) {
        return { ...host, settings: undefined, unreadable: (error as Error).message };
      }
    });
  }
}

/** What the database knows about a host itself. */
export interface HostFacts {
  readonly name: string;
  /** Undefined: its devices have no addresses. */
  readonly network: string | undefined;
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
    .select(["name", "network", "epoch", "awaySince", "removalsAllowed"])
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
  const { name, network, epoch, removalsAllowed, hasUnknown } = row;
  return {
    name,
    network: network ?? undefined,
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
 * Records that the host does not answer, and notifies admins the first time.
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
    .returning("name")
    .executeTakeFirst();
  if (row === undefined) return;
  await notifyAdmins(db, `host-away/${id}/${now}`, { kind: "hostAway", host: row.name, trouble });
}

/** Records that the host answers again, and notifies admins if it was recorded as away. */
export async function markBack(db: Queries, id: HostId, now: Instant): Promise<void> {
  const row = await db
    .updateTable("hosts")
    .set({ awaySince: null, trouble: null })
    .where("id", "=", id)
    .where("awaySince", "is not", null)
    .returning("name")
    .executeTakeFirst();
  if (row === undefined) return;
  await notifyAdmins(db, `host-back/${id}/${now}`, { kind: "hostBack", host: row.name });
}

/** Asks the reconciler of this host to compare all of it now. */
export async function askForComparison(db: Queries, id: HostId): Promise<void> {
  await notify(db, "hosts", id);
}
