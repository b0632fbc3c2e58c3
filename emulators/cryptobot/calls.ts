import type { Table } from "./journal.ts";

/** An API call that was answered. Nothing secret is kept of it. */
export interface RecordedCall {
  readonly method: string;
  readonly invoice_id?: number | undefined;
  readonly spend_id?: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error?: string | undefined;
}

const kept = 20_000;

/** The newest calls, so that tests can count what was asked. */
export class Calls {
  readonly #rows: Table<RecordedCall>;
  #last: number;

  constructor(rows: Table<RecordedCall>) {
    this.#rows = rows;
    this.#last = Number([...rows.entries()].at(-1)?.[0] ?? 0);
  }

  record(call: RecordedCall): void {
    this.#last += 1;
    this.#rows.set(this.#last, call);
    this.#rows.delete(this.#last - kept);
  }

  list(method: string | null): RecordedCall[] {
    return [...this.#rows.values()].filter((call) => method === null || call.method === method);
  }

  clear(): void {
    this.#rows.clear();
  }
}
