import { HttpError } from "./http.ts";
import type { Table } from "./journal.ts";

/** Some tables as they were. */
export type Snapshot = Readonly<
  Record<string, readonly (readonly [key: string, value: unknown])[]>
>;

/** Copies of tables by name, as a backup has them. */
export class Snapshots {
  readonly #rows: Table<Snapshot>;
  readonly #tables: Readonly<Record<string, Table<never>>>;

  /** `tables` are what is copied, under the names of its keys. */
  constructor(rows: Table<Snapshot>, tables: Readonly<Record<string, Table<never>>>) {
    this.#rows = rows;
    this.#tables = tables;
  }

  /** Copies the tables; a copy of the same name is overwritten. */
  take(name: string): void {
    const copies = Object.entries(this.#tables).map(([table, rows]) => {
      return [table, structuredClone([...rows.entries()])] as const;
    });
    this.#rows.set(name, Object.fromEntries(copies));
  }

  /** Puts the tables back as they were. @throws HttpError 404 where there is no such copy. */
  restore(name: string): void {
    const snapshot = this.#rows.get(name);
    if (snapshot === undefined) throw new HttpError(404, `there is no snapshot ${name}`);
    for (const [table, rows] of Object.entries(this.#tables)) {
      rows.clear();
      for (const [key, value] of structuredClone(snapshot[table] ?? [])) {
        rows.set(key, value as never);
      }
    }
  }

  clear(): void {
    this.#rows.clear();
  }
}
