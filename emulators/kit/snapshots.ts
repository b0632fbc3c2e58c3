import { HttpError } from "./http.ts";
import type { Table } from "./journal.ts";

/** Some tables as they were. */
export type Snapshot = Readonly<
  Record<string, readonly (readonly [key: string, value: unknown])[]>
>;

/** Numbered copies of tables, as a backup has them. */
export class Snapshots {
  readonly #rows: Table<Snapshot>;
  readonly #tables: Readonly<Record<string, Table<never>>>;

  /** `tables` are what is copied, under the names of its keys. */
  constructor(rows: Table<Snapshot>, tables: Readonly<Record<string, Table<never>>>) {
    this.#rows = rows;
    this.#tables = tables;
  }

  /** Copies the tables. Returns the number of the copy. */
  take(): number {
    const id = this.#rows.size + 1;
    const copies = Object.entries(this.#tables).map(([table, rows]) => {
      return [table, structuredClone([...rows.entries()])] as const;
    });
    this.#rows.set(id, Object.fromEntries(copies));
    return id;
  }

  /** Puts the tables back as they were. @throws HttpError 404 where there is no such copy. */
  restore(id: number): void {
    const snapshot = this.#rows.get(id);
    if (snapshot === undefined) throw new HttpError(404, `there is no snapshot ${id}`);
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
