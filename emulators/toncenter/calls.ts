/** An API call that was answered. The API key is not kept. */
export interface RecordedCall {
  /** As `transactions`, `jetton/transfers`, `jsonRPC/getTransactions`. */
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** 0: the connection was dropped. */
  readonly status: number;
}

const kept = 20_000;

/** The newest calls, so that tests can count what the product asked. */
export class Calls {
  #rows: RecordedCall[] = [];

  record(call: RecordedCall): void {
    this.#rows.push(call);
    if (this.#rows.length > kept) this.#rows.shift();
  }

  list(method: string | null): RecordedCall[] {
    return this.#rows.filter((call) => method === null || call.method === method);
  }

  clear(): void {
    this.#rows = [];
  }
}
