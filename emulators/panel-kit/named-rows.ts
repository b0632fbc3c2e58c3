import type { Table } from "../kit/journal.ts";
import type { PanelCore } from "./core.ts";

/** A row with a number and a name that no other row has. */
interface Named {
  readonly id: number;
  readonly username: string;
}

/** A table whose rows are found by number and by name; names differ by case. */
export class NamedRows<Row extends Named> {
  readonly #core: PanelCore;
  readonly #table: string;
  readonly #ids = new Map<string, number>();

  constructor(core: PanelCore, table: string) {
    this.#core = core;
    this.#table = table;
    this.reload();
  }

  /** Reads the names anew, after the table has become another. */
  reload(): void {
    this.#core.touch();
    this.#ids.clear();
    for (const { id, username } of this.#rows.values()) this.#ids.set(username, id);
  }

  find(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  findByName(username: string): Row | undefined {
    const id = this.#ids.get(username);
    return id === undefined ? undefined : this.find(id);
  }

  /** In the order in which they were made. */
  list(): readonly Row[] {
    return [...this.#rows.values()];
  }

  save(row: Row): Row {
    this.#rows.set(row.id, row);
    this.#ids.set(row.username, row.id);
    this.#core.touch();
    return row;
  }

  remove({ id, username }: Row): void {
    this.#rows.delete(id);
    this.#ids.delete(username);
    this.#core.touch();
  }

  get #rows(): Table<Row> {
    return this.#core.table(this.#table);
  }
}
