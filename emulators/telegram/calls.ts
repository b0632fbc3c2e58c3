import type { Table } from "./journal.ts";

/** A Bot API call that was answered. Nothing secret is kept of it. */
export interface RecordedCall {
  readonly method: string;
  readonly chat_id?: number | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error_code?: number | undefined;
}

const kept = 20_000;

/** The newest calls, so that tests can count what the bot did. */
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
    const all = [...this.#rows.values()];
    return all.filter(
      (call) => method === null || call.method.toLowerCase() === method.toLowerCase(),
    );
  }

  clear(): void {
    this.#rows.clear();
  }
}
