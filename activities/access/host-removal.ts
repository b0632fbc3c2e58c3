import { findDueRemovals, listUnretired } from "../../db/access/accesses.ts";
import { recordGone } from "../../db/access/host-changes.ts";
import { recordTraffic } from "../../db/access/traffic.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import type { HostId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Removal } from "../../gateways/hosts/port.ts";
import { inParts } from "../in-parts.ts";
import type { ReachedHost } from "./host-reach.ts";
import type { HostTraffic } from "./host-traffic.ts";

/** What a pass over a host reads and writes. */
export interface PassPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly now: () => Date;
  /** Called between steps; throws when the pass should end. */
  readonly checkpoint: () => void;
}

/** The host, and the record of its counters, which starts over for what is removed. */
interface RemovalPorts extends PassPorts {
  readonly host: ReachedHost;
  readonly traffic: HostTraffic;
}

/** Takes rights from a host; those that end meanwhile go first. */
export class HostRemoval {
  readonly #id: HostId;
  readonly #ports: RemovalPorts;

  constructor(id: HostId, ports: RemovalPorts) {
    this.#id = id;
    this.#ports = ports;
  }

  get #db() {
    return queriesOf(this.#ports.em.fork());
  }

  #now(): Instant {
    return instant(this.#ports.now());
  }

  /**
   * Removes these identities; those that fall due meanwhile go first.
   * Returns all that were removed.
   */
  async remove(identities: readonly string[]): Promise<readonly string[]> {
    const removed: string[] = [];
    for (let left = identities; left.length > 0;) {
      this.#ports.checkpoint();
      const { batchSize, keepsUsers } = await this.#ports.host.traits();
      const some = left.slice(0, batchSize);
      const kept = keepsUsers ? await this.#listUnretired(some) : new Set<string>();
      await this.#removeBatch([...kept], "forNow", keepsUsers);
      await this.#removeBatch(
        some.filter((one) => !kept.has(one)),
        "forGood",
        keepsUsers,
      );
      removed.push(...some);
      left = left.slice(batchSize);
      if (left.length > 0) left = [...(await this.findEnded(left)), ...left];
    }
    return removed;
  }

  #listUnretired(identities: readonly string[]): Promise<Set<string>> {
    return listUnretired(this.#db, this.#id, { identities, now: this.#now() });
  }

  async #removeBatch(
    identities: readonly string[],
    removal: Removal,
    keepsCounters: boolean,
  ): Promise<void> {
    if (identities.length === 0) return;
    const { epoch, counters } = await this.#ports.host.remove(identities, removal);
    const now = this.#now();
    await inTransaction(this.#ports.em, async (db) => {
      await recordTraffic(db, { hostId: this.#id, epoch, counters, now });
      await recordGone(db, { hostId: this.#id, identities, now, keepsCounters });
    });
    this.#ports.traffic.forget(identities);
  }

  /** Identities due for removal by now, without those in `known`. */
  async findEnded(known: readonly string[] = []): Promise<string[]> {
    const due = await findDueRemovals(this.#db, this.#id, this.#now());
    const isKnown = new Set(known);
    return due.filter((identity) => !isKnown.has(identity));
  }

  /** Does long work part by part; identities that fall due meanwhile are removed between parts. */
  async doInParts<Item>(
    items: readonly Item[],
    work: (some: readonly Item[]) => Promise<void>,
  ): Promise<void> {
    const { batchSize } = await this.#ports.host.traits();
    for (const some of inParts(items, batchSize)) {
      this.#ports.checkpoint();
      await work(some);
      if (items.length > batchSize) await this.remove(await this.findEnded());
    }
  }
}
