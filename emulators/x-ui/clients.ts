import type { Table } from "../kit/journal.ts";

/** What a client is, in its record and in every inbound. Times are milliseconds since 1970. */
export interface ClientFields {
  readonly email: string;
  readonly subId: string;
  readonly uuid: string;
  readonly password: string;
  readonly auth: string;
  readonly flow: string;
  readonly limitIp: number;
  /** Bytes, whatever its name; 0: unlimited. */
  readonly totalGB: number;
  /** 0: never; below 0: so long after the first traffic. */
  readonly expiryTime: number;
  readonly enable: boolean;
  readonly tgId: number;
  readonly group: string;
  readonly comment: string;
  /** Days by which the panel renews it; 0: never. */
  readonly reset: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A client's own record. */
export interface Client extends ClientFields {
  readonly id: number;
}

/** The records of clients, by email with its case. */
export class Clients {
  readonly #rows: Table<Client>;
  readonly #sequence: Table<number>;

  /** `sequence` keeps the last id. */
  constructor(rows: Table<Client>, sequence: Table<number>) {
    this.#rows = rows;
    this.#sequence = sequence;
  }

  find(email: string): Client | undefined {
    return this.#rows.get(email);
  }

  add(fields: ClientFields): Client {
    const id = (this.#sequence.get("clients") ?? 0) + 1;
    this.#sequence.set("clients", id);
    const client = { id, ...fields };
    this.#rows.set(client.email, client);
    return client;
  }

  /** Changes a record, its email too; a record that is gone stays gone. */
  change({ email }: Pick<Client, "email">, changes: Partial<ClientFields>): void {
    const client = this.find(email);
    if (client === undefined) return;
    const changed = { ...client, ...changes };
    if (changed.email !== email) this.#rows.delete(email);
    this.#rows.set(changed.email, changed);
  }

  delete({ email }: Pick<Client, "email">): void {
    this.#rows.delete(email);
  }

  /** The emails of the clients that have this subscription. */
  ownersOf(subId: string): string[] {
    const clients = [...this.#rows.values()].filter((client) => client.subId === subId);
    return clients.map(({ email }) => email);
  }

  /** By ascending id. */
  list(): Client[] {
    return [...this.#rows.values()].toSorted((one, other) => one.id - other.id);
  }

  clear(): void {
    this.#rows.clear();
    this.#sequence.clear();
  }
}
