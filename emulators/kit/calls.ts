import { Journal, type Table } from "./journal.ts";

/** A call to the emulated API that was answered. Nothing secret is kept. */
export interface RecordedCall {
  readonly method: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Whether a call succeeded, for services that answer with a result or an error. */
export interface CallOutcome extends RecordedCall {
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error?: string | undefined;
}

const maxCalls = 20_000;

/** The newest calls that were answered, so that tests can count them. */
export class Calls<Call extends RecordedCall> {
  readonly #rows: Table<Call>;
  readonly #same: (one: string, other: string) => boolean;
  #last: number;

  /** Without a table they are forgotten with the process. `same` compares two method names. */
  constructor(
    rows: Table<Call> = new Journal().table("calls"),
    same: (one: string, other: string) => boolean = Object.is,
  ) {
    this.#rows = rows;
    this.#same = same;
    this.#last = Number([...rows.entries()].at(-1)?.[0] ?? 0);
  }

  /** Adds a call; the oldest of more than 20,000 is forgotten. */
  record(call: Call): void {
    this.#last += 1;
    this.#rows.set(this.#last, call);
    this.#rows.delete(this.#last - maxCalls);
  }

  /**
   * The recorded calls of a method, oldest first; null, of all methods. `sinceMs`: those that came
   * at this time, in milliseconds since 1970, or later.
   */
  list(method: string | null, sinceMs = 0): Call[] {
    const all = [...this.#rows.values()].filter(({ time }) => time >= sinceMs);
    return all.filter((call) => method === null || this.#same(call.method, method));
  }

  clear(): void {
    this.#rows.clear();
  }
}
