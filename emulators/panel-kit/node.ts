import type { VirtualClock } from "../kit/virtual-clock.ts";

/** What one user may enter with: the credential at each inbound. */
export type Accounts = Readonly<Record<string, string>>;

/** Which users a node lets in, by the name that its core has for them. */
export interface NodeParts {
  readonly clock: Pick<VirtualClock, "now">;
  /** How long a change takes to reach the node, in milliseconds. */
  readonly lagMs: () => number;
  /** Everybody who may enter by the database: what the core starts with. */
  readonly everybody: () => ReadonlyMap<string, Accounts>;
}

/** A change on its way to the node; Marzban's `add` leaves an account that is there as it is. */
export type NodeChange =
  | { readonly kind: "add" | "set"; readonly name: string; readonly accounts: Accounts }
  | { readonly kind: "remove"; readonly name: string };

/**
 * The node's core, and so the truth about who can connect: the panel tells it of changes later, and
 * does not learn whether they arrived. It counts the traffic of those whom it lets in.
 */
export class PanelNode {
  readonly #parts: NodeParts;
  #lets = new Map<string, Accounts>();
  #waiting: { readonly dueMs: number; readonly change: NodeChange }[] = [];
  #counters = new Map<string, number>();
  #isAway = false;

  constructor(parts: NodeParts) {
    this.#parts = parts;
  }

  /** Sends a change; for a node that is away it is lost. */
  tell(change: NodeChange): void {
    if (this.#isAway) return;
    this.#waiting.push({ dueMs: this.#parts.clock.now() + this.#parts.lagMs(), change });
  }

  /** Whom it lets in now. */
  letsIn(): ReadonlyMap<string, Accounts> {
    this.#settle();
    return this.#lets;
  }

  /** The changes that have not reached it yet. */
  listOnTheirWay(): readonly NodeChange[] {
    this.#settle();
    return this.#waiting.map(({ change }) => change);
  }

  /** Starts its core anew with everybody from the database; what it had counted is lost. */
  restart(): void {
    this.#waiting = [];
    this.#counters.clear();
    this.#lets = new Map(this.#parts.everybody());
  }

  /** Whether the panel has lost it. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Whether there is anything to read that it has counted. */
  get hasCounted(): boolean {
    return !this.#isAway && this.#counters.size > 0;
  }

  /** Is lost to the panel, and learns nothing; or is found again, and starts anew. */
  setAway(isAway: boolean): void {
    this.#settle();
    if (this.#isAway && !isAway) this.restart();
    this.#isAway = isAway;
    if (isAway) this.#waiting = [];
  }

  /** Counts traffic of a user. */
  carry(name: string, bytes: number): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + bytes);
  }

  /** What was counted since the last reading, which begins anew. */
  readCounters(): ReadonlyMap<string, number> {
    if (this.#isAway) return new Map();
    const counted = this.#counters;
    this.#counters = new Map();
    return counted;
  }

  #settle(): void {
    const nowMs = this.#parts.clock.now();
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    for (const { change } of due) this.#apply(change);
  }

  #apply(change: NodeChange): void {
    if (change.kind === "remove") {
      this.#lets.delete(change.name);
      return;
    }
    const known = change.kind === "add" ? this.#lets.get(change.name) : undefined;
    const accounts = { ...change.accounts, ...known };
    if (Object.keys(accounts).length === 0) this.#lets.delete(change.name);
    else this.#lets.set(change.name, accounts);
  }
}
