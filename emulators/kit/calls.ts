import { Journal, type Table } from "./journal.ts";

const kept = 20_000;

/** The newest calls that were answered, so that tests can count what was asked. */
export class Calls<Call extends { readonly method: string }> {
  readonly #rows: Table<Call>;
  readonly #same: (one: string, other: string) => boolean;
  #last: number;

  /** Without a table they are forgotten with the process. `same` tells when two names are one. */
  constructor(
    rows: Table<Call> = new Journal().table("calls"),
    same: (one: string, other: string) => boolean = Object.is,
  ) {
    this.#rows = rows;
    this.#same = same;
    this.#last = Number([...rows.entries()].at(-1)?.[0] ?? 0);
  }

  record(call: Call): void {
    this.#last += 1;
    this.#rows.set(this.#last, call);
    this.#rows.delete(this.#last - kept);
  }

  list(method: string | null): Call[] {
    const all = [...this.#rows.values()];
    return all.filter((call) => method === null || this.#same(call.method, method));
  }

  clear(): void {
    this.#rows.clear();
  }
}
