import { randomUUID } from "node:crypto";
import type { Table } from "../kit/journal.ts";

/** An inbound of the nodes. */
export interface Inbound {
  readonly uuid: string;
  readonly tag: string;
  readonly type: "vless" | "trojan" | "shadowsocks";
  readonly port: number;
}

/** An internal squad: the inbounds that its members may use. */
export interface Squad {
  readonly uuid: string;
  readonly name: string;
  readonly inbounds: readonly Inbound[];
  readonly createdAt: number;
}

/** The squad that a fresh panel has; its uuid is made up, and always the same here. */
export const defaultSquad = "5a7f1d3e-0c42-4b7a-9e61-2f8d4c6b9a10";

/** The internal squads. */
export class Squads {
  readonly #rows: Table<Squad>;
  readonly #now: () => number;

  constructor(rows: Table<Squad>, now: () => number) {
    this.#rows = rows;
    this.#now = now;
  }

  /** Makes the squad of a fresh panel. */
  begin(): void {
    this.add("Default-Squad", ["vless"], defaultSquad);
  }

  /** Adds a squad with an inbound of its own for each protocol. */
  add(name: string, types: readonly Inbound["type"][], uuid: string = randomUUID()): Squad {
    const inbounds = types.map((type, at) => {
      const port = 443 + 1_000 * this.#rows.size + at;
      return { uuid: randomUUID(), tag: `${name}-${type}`, type, port };
    });
    const squad = { uuid, name, inbounds, createdAt: this.#now() };
    this.#rows.set(uuid, squad);
    return squad;
  }

  find(uuid: string): Squad | undefined {
    return this.#rows.get(uuid);
  }

  list(): Squad[] {
    return [...this.#rows.values()];
  }

  /** The inbounds of these squads, each once. */
  inboundsOf(uuids: readonly string[]): Inbound[] {
    const all = uuids.flatMap((uuid) => this.find(uuid)?.inbounds ?? []);
    return [...new Map(all.map((inbound) => [inbound.uuid, inbound])).values()];
  }

  clear(): void {
    this.#rows.clear();
  }
}
