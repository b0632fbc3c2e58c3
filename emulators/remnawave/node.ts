import type { Table } from "../kit/journal.ts";
import { anyMoment } from "../kit/moments.ts";
import type { Job } from "../kit/virtual-clock.ts";
import type { Squads } from "./squads.ts";
import type { User } from "./users.ts";

/** Somebody whom the node lets in. */
export interface LetIn {
  readonly id: number;
  readonly username: string;
  readonly vlessUuid: string;
  readonly trojanPassword: string;
  readonly ssPassword: string;
  /** The inbounds that they may use. */
  readonly tags: readonly string[];
}

/** What the node is still to learn. */
export interface NodeOrder {
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly remove?: number;
  readonly add?: LetIn;
  /** It starts anew with whom the database lets in by then. */
  readonly restart?: true;
}

/** What a node is made of. */
export interface NodeParts {
  readonly letIn: Table<LetIn>;
  readonly orders: Table<NodeOrder>;
  readonly settings: Table<string>;
  readonly squads: Squads;
  readonly users: () => User[];
  readonly now: () => number;
  readonly lagMs: number;
}

/** A made-up uuid, always the same. */
export const nodeUuid = "e3b8a5d2-7f14-4c09-8a6d-91c2f0b7e5d4";
const awayKey = "node.away";

/**
 * The one node of the panel: who can really connect. It learns of changes late, and of some never,
 * so it may let in whom the database does not.
 */
export class Node {
  readonly #parts: NodeParts;
  #lastOrder: number;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#lastOrder = Math.max(0, ...[...parts.orders.entries()].map(([key]) => Number(key)));
  }

  /** Lets a user in with what they are now. One without an inbound stays as they were. */
  add(user: User): void {
    const letIn = this.#letInOf(user);
    if (letIn.tags.length > 0) this.#order({ add: letIn });
  }

  remove({ id }: User): void {
    this.#order({ remove: id });
  }

  /** Starts it anew with whom the database lets in. */
  restart(): void {
    this.#order({ restart: true });
  }

  get isAway(): boolean {
    return this.#parts.settings.has(awayKey);
  }

  /** While it is away it lets in whom it let in, and learns nothing; when it is back it restarts. */
  setAway(isAway: boolean): void {
    const { settings, orders } = this.#parts;
    if (isAway) {
      settings.set(awayKey, "yes");
      orders.clear();
    } else {
      settings.delete(awayKey);
      this.restart();
    }
  }

  /** Whom it lets in, by ascending id. */
  list(): LetIn[] {
    return [...this.#parts.letIn.values()].toSorted((one, other) => one.id - other.id);
  }

  /** What it is still to learn. */
  listOrders(): NodeOrder[] {
    return [...this.#parts.orders.values()];
  }

  /** Carries out what has arrived. */
  get job(): Job {
    const { orders, now } = this.#parts;
    return {
      nextAfter: anyMoment,
      pendingSince: () => {
        return orders.size === 0
          ? undefined
          : Math.min(...[...orders.values()].map(({ dueAt }) => dueAt));
      },
      run: () => {
        for (const [key, order] of orders.entries()) {
          if (order.dueAt > now()) continue;
          orders.delete(key);
          this.#carryOut(order);
        }
      },
    };
  }

  clear(): void {
    this.#parts.letIn.clear();
    this.#parts.orders.clear();
    this.#parts.settings.delete(awayKey);
  }

  #order(order: Omit<NodeOrder, "dueAt">): void {
    // The panel tells connected nodes alone.
    if (this.isAway) return;
    const { orders, now, lagMs } = this.#parts;
    if (lagMs === 0) return this.#carryOut({ ...order, dueAt: now() });
    this.#lastOrder += 1;
    orders.set(this.#lastOrder, { ...order, dueAt: now() + lagMs });
  }

  #carryOut({ add, remove, restart }: NodeOrder): void {
    const { letIn, users } = this.#parts;
    if (remove !== undefined) letIn.delete(remove);
    if (add !== undefined) letIn.set(add.id, add);
    if (restart === undefined) return;
    letIn.clear();
    for (const user of users()) {
      const entry = this.#letInOf(user);
      if (user.status === "ACTIVE" && entry.tags.length > 0) letIn.set(user.id, entry);
    }
  }

  #letInOf({ id, username, vlessUuid, trojanPassword, ssPassword, squads }: User): LetIn {
    const tags = this.#parts.squads.inboundsOf(squads).map(({ tag }) => tag);
    return { id, username, vlessUuid, trojanPassword, ssPassword, tags };
  }
}
