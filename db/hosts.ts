import type { EntityManager } from "@mikro-orm/postgresql";
import { v7 } from "uuid";
import { type HostId, hostId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { HostRow } from "./host.ts";
import type { Vault } from "./vault.ts";

/** A host as the owner describes it; `settings` is what its adapter needs to reach it and holds secrets. */
export interface HostEntry {
  readonly name: string;
  readonly capacity: number;
  readonly weight: number;
  readonly settings: {
    readonly kind: string;
    readonly network: string;
    readonly serverAddress: string;
  };
}

export interface StoredHost {
  readonly id: HostId;
  readonly name: string;
  /** The adapter's settings as JSON, decrypted. */
  readonly settings: unknown;
}

const purpose = (name: string) => `host/${name}`;

export class Hosts {
  readonly #em: EntityManager;
  readonly #vault: Vault;

  constructor(em: EntityManager, vault: Vault) {
    this.#em = em;
    this.#vault = vault;
  }

  /** Makes the stored hosts be as listed, by name. A host that is no longer listed takes no new devices. */
  async importAll(entries: readonly HostEntry[]): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      for (const { name, capacity, weight, settings } of entries) {
        const { kind, network, serverAddress } = settings;
        const settingsEncrypted = this.#vault.seal(JSON.stringify(settings), purpose(name));
        const state = "open" as const;
        const row = { kind, network, serverAddress, capacity, weight, state, settingsEncrypted };
        await em.upsert(
          HostRow,
          { id: v7(), name, ...row },
          { onConflictFields: ["name"], onConflictExcludeFields: ["id"] },
        );
      }
      const names = entries.map(({ name }) => name);
      await em.nativeUpdate(HostRow, { name: { $nin: names } }, { state: "draining" });
    });
  }

  /** All but closed ones. A host whose settings cannot be opened is reported by the vault and left out. */
  async all(): Promise<StoredHost[]> {
    const rows = await this.#em
      .fork()
      .find(
        HostRow,
        { state: { $ne: "closed" } },
        { populate: ["settingsEncrypted"], orderBy: { name: "asc" } },
      );
    return rows.flatMap(({ id, name, settingsEncrypted }) => {
      const opened = this.#vault.openOrReport(settingsEncrypted, purpose(name));
      if (opened === undefined) return [];
      return [{ id: hostId(id), name, settings: JSON.parse(opened) as unknown }];
    });
  }

  /** Notes that the host answered, and in which epoch; the epoch seen before, if any. */
  async seen(id: HostId, epoch: string, now: Instant): Promise<string | undefined> {
    return this.#em.fork().transactional(async (em) => {
      const row = await em.findOneOrFail(HostRow, { id });
      const before = row.epoch ?? undefined;
      row.epoch = epoch;
      row.seenAt = new Date(now);
      return before;
    });
  }
}
