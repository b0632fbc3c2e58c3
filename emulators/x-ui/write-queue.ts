import { setTimeout as sleep } from "node:timers/promises";

/**
 * One write after the other, each as slow as the clients that it rewrites are many: an inbound keeps
 * all of its clients in one text.
 */
export class WriteQueue {
  readonly #msPerClient: number;
  #last: Promise<unknown> = Promise.resolve();
  #rewritten = 0;

  constructor(msPerClient: number) {
    this.#msPerClient = msPerClient;
  }

  /** Notes that a write has rewritten so many clients. */
  count(clients: number): void {
    this.#rewritten += clients;
  }

  /** Runs a write in its turn; resolves when it would have been over, with how long it took. */
  async run<Result>(write: () => Result): Promise<{ result: Result; tookMs: number }> {
    const turn = this.#last.then(async () => {
      this.#rewritten = 0;
      const result = write();
      const tookMs = Math.round(this.#rewritten * this.#msPerClient);
      if (tookMs > 0) await sleep(tookMs, undefined, { ref: false });
      return { result, tookMs };
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
