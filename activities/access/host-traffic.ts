import { type RawCounter, recordTraffic } from "../../db/access/traffic.ts";
import { type EntityManager, inTransaction } from "../../db/orm.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant } from "../../domain/time.ts";

/** Stores the counters of one host. */
export class HostTraffic {
  readonly #id: HostId;
  readonly #ports: { readonly em: EntityManager; readonly now: () => Date };
  /** The readings that are certainly stored: unchanged ones are not written again. */
  readonly #recorded = new Map<string, string>();

  constructor(id: HostId, ports: { readonly em: EntityManager; readonly now: () => Date }) {
    this.#id = id;
    this.#ports = ports;
  }

  /** Stores those that are not stored yet. Returns their number. */
  async record(epoch: string, read: readonly RawCounter[]): Promise<number> {
    const counters = read.filter((one) => this.#recorded.get(one.identity) !== textOf(epoch, one));
    if (counters.length === 0) return 0;
    const reading = { hostId: this.#id, epoch, counters, now: instant(this.#ports.now()) };
    await inTransaction(this.#ports.em, (db) => recordTraffic(db, reading));
    for (const one of counters) this.#recorded.set(one.identity, textOf(epoch, one));
    return counters.length;
  }

  /** These are stored again, whatever is read. */
  forget(identities: readonly string[]): void {
    for (const identity of identities) this.#recorded.delete(identity);
  }
}

const textOf = (epoch: string, counter: RawCounter): string =>
  `${counter.epoch ?? epoch} ${counter.uploadedBytes} ${counter.downloadedBytes} ${counter.lastHandshakeAt}`;
