import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { DurableClient } from "../../client/durable.ts";
import { changeHost } from "../../client/hosts.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import type { HostChange } from "../../domain/access/host-change.ts";
import { type HostId, hostId } from "../../domain/ids.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { eventually } from "../drivers/eventually.ts";

const timeoutMs = 240_000;
const pollMs = 200;
/** How long devices are moved away, at most: with that many a second it is not emptied every time. */
const movesForMs = 4_000;
const ratePerMinute = 120;

/** Hosts whose devices are moved away for a while, one host at a time; all histories share them. */
export class EmptiedHosts {
  readonly #client: DurableClient;
  readonly #owner: Database;
  #last: Promise<void> | undefined;

  constructor(client: DurableClient, owner: Database) {
    this.#client = client;
    this.#owner = owner;
  }

  /** Begins to move devices away; nothing happens while that is done to another host. */
  begin(name: string): void {
    if (this.#last !== undefined) return;
    this.#last = this.#moveAway(name).finally(() => {
      this.#last = undefined;
    });
    // Who waits for the end gets the failure.
    this.#last.catch(() => undefined);
  }

  /** Resolves when every host takes devices again. */
  async waitUntilOver(): Promise<void> {
    await this.#last;
  }

  async #moveAway(name: string): Promise<void> {
    const id = await eventually(() => this.#find(name), timeoutMs, pollMs);
    await this.#change({ kind: "migrate", hostId: id, ratePerMinute });
    await delay(movesForMs);
    await this.#change({ kind: "abortMigration", hostId: id });
    await this.#change({ kind: "resume", hostId: id });
  }

  async #find(name: string): Promise<HostId> {
    const query = queriesOf(this.#owner.em.fork()).selectFrom("hosts").select("id");
    const { id } = await query.where("name", "=", name).executeTakeFirstOrThrow();
    return hostId(id);
  }

  /** A repeat is the same change; one that has no object any more does nothing. */
  async #change(change: HostChange): Promise<void> {
    const request = { requestId: randomUUID(), by: operator, change } as const;
    await eventually(() => changeHost(this.#client, request), timeoutMs, pollMs);
  }
}
