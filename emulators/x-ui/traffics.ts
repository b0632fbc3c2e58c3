import type { Table } from "../kit/journal.ts";
import type { ClientFields } from "./clients.ts";

/** What a client has used, and the limits that reviews go by. */
export interface Traffic {
  readonly id: number;
  readonly inboundId: number;
  readonly enable: boolean;
  readonly email: string;
  readonly up: number;
  readonly down: number;
  readonly expiryTime: number;
  readonly total: number;
  readonly reset: number;
  /** Milliseconds since 1970; 0: never. */
  readonly lastOnline: number;
}

/** The rows of traffic, one for each email with its case. They outlive a client that is detached. */
export class Traffics {
  readonly #rows: Table<Traffic>;
  readonly #sequence: Table<number>;

  constructor(rows: Table<Traffic>, sequence: Table<number>) {
    this.#rows = rows;
    this.#sequence = sequence;
  }

  find(email: string): Traffic | undefined {
    return this.#rows.get(email);
  }

  /** Adds a row, or gives the row that is there the client's limits; what was used stays. */
  upsert(inboundId: number, client: ClientFields): void {
    const id = (this.#sequence.get("traffics") ?? 0) + 1;
    this.#sequence.set("traffics", id);
    const { email } = client;
    const known = this.find(email) ?? { id, email, up: 0, down: 0, lastOnline: 0 };
    this.#rows.set(email, { ...known, inboundId, ...limitsOf(client) });
  }

  /**
   * Gives the row of `email` the client's limits and its email. A row that has the new email goes
   * on, with what was used by that; the old one is deleted unless it is still used.
   */
  update(email: string, client: ClientFields, isStillUsed: boolean): void {
    const isSame = email.toLowerCase() === client.email.toLowerCase();
    const target = isSame ? undefined : this.find(client.email);
    const row = target ?? this.find(email);
    if (email !== client.email && !(target !== undefined && isStillUsed)) this.#rows.delete(email);
    if (row === undefined) return;
    this.#rows.set(client.email, { ...row, email: client.email, ...limitsOf(client) });
  }

  change(email: string, changes: Partial<Traffic>): void {
    const row = this.find(email);
    if (row !== undefined) this.#rows.set(email, { ...row, ...changes });
  }

  delete(email: string): void {
    this.#rows.delete(email);
  }

  list(): Traffic[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
    this.#sequence.clear();
  }
}

const limitsOf = ({ totalGB, expiryTime, enable, reset }: ClientFields) => ({
  total: totalGB,
  expiryTime,
  enable,
  reset,
});
