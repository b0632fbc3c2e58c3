import type { Update } from "telegraf/types";

interface Part {
  readonly from?: { readonly id?: number };
  readonly successful_payment?: object;
  readonly refunded_payment?: object;
}

/**
 * Which updates must be handled one after the other: those of one person. Money waits for nothing
 * else that its person did, and a checkout not even for that: Telegram waits ten seconds for it.
 */
function queueOf(update: Update): string {
  const parts = Object.values(update) as (Part | null | undefined)[];
  const part = parts.find((one) => one?.from?.id !== undefined);
  const id = part?.from?.id ?? 0;
  if ("pre_checkout_query" in update) return `checkout:${id}`;
  return (part?.successful_payment ?? part?.refunded_payment) ? `money:${id}` : `person:${id}`;
}

/**
 * Updates under way: people side by side, each person's in the order they came. What `handle`
 * rejects stays unhandled, and so does what that person sent after it.
 */
export class Inbox {
  readonly #handle: (update: Update) => Promise<void>;
  readonly #waiting = new Set<number>();
  /**
   * Handled, and not confirmed by a request that Telegram has answered: it may give them once more.
   */
  readonly #handled = new Set<number>();
  readonly #queues = new Map<string, Promise<void>>();
  #next = 0;
  #settling: Promise<void> | undefined;

  constructor(handle: (update: Update) => Promise<void>) {
    this.#handle = handle;
  }

  /** Every update below it is handled: the oldest that waits, or the one after the newest. */
  get offset(): number {
    return Math.min(...this.#waiting, this.#next);
  }

  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  /**
   * Takes what it has not seen of an answer to `asked`, an offset; true when there was something
   * new.
   */
  take(updates: readonly Update[], asked: number): boolean {
    for (const id of this.#handled) if (id < asked) this.#handled.delete(id);
    const fresh = updates.filter(({ update_id: id }) => !this.#isKnown(id));
    const restarted = this.idle && fresh.every(({ update_id: id }) => id < this.#next);
    if (restarted && fresh.length > 0) this.#startAgain();
    for (const update of fresh) this.#enqueue(update);
    return fresh.length > 0;
  }

  /** Resolves when nothing is being handled any more. */
  settled(): Promise<void> {
    this.#settling ??= this.#drain().finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  async #drain(): Promise<void> {
    while (this.#queues.size > 0) await Promise.allSettled(this.#queues.values());
  }

  #isKnown(id: number): boolean {
    return this.#waiting.has(id) || this.#handled.has(id);
  }

  /** After a week without updates Telegram may number them from anywhere. */
  #startAgain(): void {
    this.#next = 0;
    this.#handled.clear();
  }

  #enqueue(update: Update): void {
    const { update_id: id } = update;
    if (this.#isKnown(id)) return;
    this.#waiting.add(id);
    this.#next = Math.max(this.#next, id + 1);
    const of = queueOf(update);
    const before = this.#queues.get(of) ?? Promise.resolve();
    const mine = before
      .then(() => this.#handle(update))
      .then(() => this.#done(id))
      .finally(() => {
        if (this.#queues.get(of) === mine) this.#queues.delete(of);
      });
    // Those behind it in the queue see the rejection; nobody else needs to.
    mine.catch(() => undefined);
    this.#queues.set(of, mine);
  }

  #done(id: number): void {
    this.#handled.add(id);
    this.#waiting.delete(id);
  }
}
