import { randomUUID } from "node:crypto";
import type { Table } from "../kit/journal.ts";
import type { ClientFields } from "./clients.ts";
import { notFound } from "./failure.ts";

/** An inbound of the core. */
export interface Inbound {
  readonly id: number;
  readonly remark: string;
  readonly protocol: "vless" | "trojan";
  readonly port: number;
  readonly security: "reality" | "none";
  readonly enable: boolean;
  /** Milliseconds since 1970; 0: never. */
  readonly lastTrafficResetTime: number;
  /** When it was last rewritten, as a count of all that were. */
  readonly writtenAt: number;
}

/** A client as an inbound has it. */
export interface Entry extends ClientFields {
  readonly inboundId: number;
  /** Its place among the others. */
  readonly place: number;
}

/** The inbounds, each with a copy of its clients. */
export class Inbounds {
  readonly #rows: Table<Inbound>;
  readonly #entries: Table<Entry>;
  #index: Map<number, Map<string, Entry>> | undefined;
  #lastPlace = 0;

  constructor(rows: Table<Inbound>, entries: Table<Entry>) {
    this.#rows = rows;
    this.#entries = entries;
  }

  /** Makes the inbounds that this emulator starts with. */
  begin(): void {
    this.add({ remark: "VLESS-Reality", protocol: "vless", port: 4431, security: "reality" });
    this.add({ remark: "VLESS-TCP", protocol: "vless", port: 4432, security: "none" });
    this.add({ remark: "Trojan-TCP", protocol: "trojan", port: 4433, security: "none" });
  }

  add(fields: Pick<Inbound, "remark" | "protocol" | "port" | "security">): Inbound {
    const id = Math.max(0, ...[...this.#rows.values()].map((inbound) => inbound.id)) + 1;
    const inbound = { id, ...fields, enable: true, lastTrafficResetTime: 0, writtenAt: 0 };
    this.#rows.set(id, inbound);
    return inbound;
  }

  /** @throws Failure "record not found", as for a client. */
  require(id: number): Inbound {
    const inbound = this.#rows.get(id);
    if (inbound === undefined) throw notFound();
    return inbound;
  }

  change(id: number, changes: Partial<Inbound>): void {
    this.#rows.set(id, { ...this.require(id), ...changes });
  }

  list(): Inbound[] {
    return [...this.#rows.values()];
  }

  /** Notes that an inbound was rewritten. */
  touch(id: number): void {
    const last = Math.max(...this.list().map(({ writtenAt }) => writtenAt));
    this.change(id, { writtenAt: last + 1 });
  }

  /** The clients of an inbound, in their order. */
  entriesOf(id: number): Entry[] {
    const entries = [...(this.#indexed().get(id)?.values() ?? [])];
    return entries.toSorted((one, other) => one.place - other.place);
  }

  /** How many clients an inbound has. */
  sizeOf(id: number): number {
    return this.#indexed().get(id)?.size ?? 0;
  }

  /** A client of an inbound; emails are compared without case. */
  findEntry(id: number, email: string): Entry | undefined {
    return this.#indexed().get(id)?.get(email.toLowerCase());
  }

  putEntry(id: number, fields: ClientFields, replaced?: Entry): void {
    if (replaced !== undefined) this.deleteEntry(replaced);
    const index = this.#indexed();
    this.#lastPlace += 1;
    const entry = { ...fields, inboundId: id, place: replaced?.place ?? this.#lastPlace };
    this.#entries.set(keyOf(entry), entry);
    const entries = index.get(id) ?? new Map<string, Entry>();
    index.set(id, entries.set(entry.email.toLowerCase(), entry));
  }

  /** Changes a client of an inbound in its place. */
  changeEntry(entry: Entry, changes: Partial<ClientFields>): Entry {
    const changed = { ...entry, ...changes };
    this.#entries.set(keyOf(changed), changed);
    this.#indexed().get(entry.inboundId)?.set(entry.email.toLowerCase(), changed);
    return changed;
  }

  deleteEntry(entry: Entry): void {
    this.#entries.delete(keyOf(entry));
    this.#indexed().get(entry.inboundId)?.delete(entry.email.toLowerCase());
  }

  /** The ids of the inbounds that have this client, ascending. Emails with their case. */
  idsOf(email: string): number[] {
    const ids = this.list().map(({ id }) => id);
    return ids.filter((id) => this.findEntry(id, email)?.email === email);
  }

  /** The subscription of an email, whatever its case; "": inbounds differ, so it is nobody's. */
  subIdOf(email: string): string | undefined {
    const entries = this.list().flatMap(({ id }) => this.findEntry(id, email) ?? []);
    const subIds = new Set(entries.map(({ subId }) => subId));
    return subIds.size > 1 ? "" : [...subIds][0];
  }

  /** The table was replaced. */
  reload(): void {
    this.#index = undefined;
  }

  clear(): void {
    this.#rows.clear();
    this.#entries.clear();
    this.reload();
  }

  #indexed(): Map<number, Map<string, Entry>> {
    if (this.#index !== undefined) return this.#index;
    this.#index = new Map();
    const entries = [...this.#entries.values()];
    for (const entry of entries.toSorted((one, other) => one.place - other.place)) {
      const known = this.#index.get(entry.inboundId) ?? new Map<string, Entry>();
      this.#index.set(entry.inboundId, known.set(entry.email.toLowerCase(), entry));
      this.#lastPlace = Math.max(this.#lastPlace, entry.place);
    }
    return this.#index;
  }
}

const keyOf = ({ inboundId, email }: Entry): string => `${inboundId} ${email}`;

/** The field by which an inbound knows a client is drawn when the client has none. */
export function withCredential(fields: ClientFields, { protocol }: Inbound): ClientFields {
  switch (protocol) {
    case "vless":
      return fields.uuid === "" ? { ...fields, uuid: randomUUID() } : fields;
    case "trojan": {
      const password = fields.password || randomUUID().replaceAll("-", "");
      return { ...fields, password };
    }
  }
}

/** A flow stays only where the inbound can use it. */
export const withFlowOf = (fields: ClientFields, { security }: Inbound): ClientFields =>
  security === "reality" ? fields : { ...fields, flow: "" };
