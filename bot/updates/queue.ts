import type { Update } from "telegraf/types";

interface QueuedPart {
  readonly from?: { readonly id?: number };
  readonly successful_payment?: object;
  readonly refunded_payment?: object;
}

/**
 * Which updates must be handled one after the other: those of one person. Money waits for nothing
 * else that its person did, and a checkout not even for that: Telegram waits ten seconds for it.
 */
function queueOf(update: Update): string {
  const parts = Object.values(update) as (QueuedPart | null | undefined)[];
  const part = parts.find((one) => one?.from?.id !== undefined);
  const id = part?.from?.id ?? 0;
  if ("pre_checkout_query" in update) return `checkout:${id}`;
  return (part?.successful_payment ?? part?.refunded_payment) ? `money:${id}` : `person:${id}`;
}

/**
 * What becomes of an update that cannot be handed over in its turn: confirmed and tried on, or dropped
 * because its person let too many wait, the first such one or another.
 */
export type Doubt = "setAside" | "dropped" | "droppedToo";

/** Between the inbox and whoever handles an update. */
export interface Handling {
  /** Ends when the update is tried no more. */
  readonly signal: AbortSignal;
  /** Tells that it could not be handed over, and is tried again. */
  readonly late: () => void;
}

type Handle = (update: Update, handling: Handling) => Promise<void>;

export interface UpdateQueueLimits {
  /**
   * How many updates may lie between the oldest that is not confirmed and the newest: Telegram shows a
   * hundred at a time, and what lies behind them is not seen before the oldest is confirmed.
   */
  readonly window: number;
  /** How many may be confirmed and still waiting. */
  readonly setAside: number;
  readonly setAsideMs: number;
  /** How many of one person's may wait behind one that is late. */
  readonly perPerson: number;
}

const usualLimits: UpdateQueueLimits = {
  window: 80,
  setAside: 1_000,
  setAsideMs: 10 * 60_000,
  perPerson: 20,
};

interface Waiting {
  readonly update: Update;
  readonly queue: string;
  readonly giveUp: AbortController;
}

/**
 * Updates under way: people side by side, each person's in the order they came. What `handle`
 * rejects stays unhandled, and so does what that person sent after it.
 *
 * What cannot be handed over stays unconfirmed for as long as Telegram has room to show others beside
 * it. Where it has none, the oldest that is late is set aside: it is confirmed, and tried on for ten minutes.
 * `onDoubt` is told of it, and of what a person sends beyond what may wait: their person has to know.
 */
export class UpdateQueue {
  readonly #handle: Handle;
  readonly #onDoubt: (update: Update, doubt: Doubt) => void;
  readonly #limits: UpdateQueueLimits;
  readonly #waiting = new Map<number, Waiting>();
  readonly #setAside = new Map<number, Waiting>();
  /**
   * Handled, and not confirmed by a request that Telegram has answered: it may give them once more.
   */
  readonly #handled = new Set<number>();
  readonly #queues = new Map<string, Promise<void>>();
  /** Queues whose first update could not be handed over yet. */
  readonly #late = new Set<string>();
  /** Of these, those that were given more than a person may let wait. */
  readonly #overfull = new Set<string>();
  #next = 0;
  #settling: Promise<void> | undefined;

  constructor(
    handle: Handle,
    onDoubt: (update: Update, doubt: Doubt) => void = () => undefined,
    limits: UpdateQueueLimits = usualLimits,
  ) {
    this.#handle = handle;
    this.#onDoubt = onDoubt;
    this.#limits = limits;
  }

  /** Every update below it is handled or set aside: the oldest that waits, or the one after the newest. */
  get offset(): number {
    return Math.min(...this.#waiting.keys(), this.#next);
  }

  /** Whether everything that Telegram has shown may be confirmed. */
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
    this.#makeRoom();
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
    return this.#waiting.has(id) || this.#handled.has(id) || this.#setAside.has(id);
  }

  /** After a week without updates Telegram may number them from anywhere. */
  #startAgain(): void {
    this.#next = 0;
    this.#handled.clear();
  }

  #enqueue(update: Update): void {
    const { update_id: id } = update;
    if (this.#isKnown(id)) return;
    this.#next = Math.max(this.#next, id + 1);
    const queue = queueOf(update);
    if (this.#isFull(queue)) return this.#drop(update, queue);
    const waiting = { update, queue, giveUp: new AbortController() };
    this.#waiting.set(id, waiting);
    const before = this.#queues.get(queue) ?? Promise.resolve();
    const mine = before
      .then(() => this.#work(waiting))
      .finally(() => {
        if (this.#queues.get(queue) === mine) this.#queues.delete(queue);
      });
    // Those behind it in the queue see the rejection; nobody else needs to.
    mine.catch(() => undefined);
    this.#queues.set(queue, mine);
  }

  async #work({ update, queue, giveUp }: Waiting): Promise<void> {
    const { update_id: id } = update;
    const late = () => void this.#late.add(queue);
    try {
      if (!giveUp.signal.aborted) await this.#handle(update, { signal: giveUp.signal, late });
    } catch (error) {
      // One that was given up is over, and those behind it have their turn.
      if (!giveUp.signal.aborted) throw error;
    }
    this.#late.delete(queue);
    this.#overfull.delete(queue);
    this.#setAside.delete(id);
    if (this.#waiting.delete(id)) this.#handled.add(id);
  }

  #isFull(queue: string): boolean {
    if (!this.#late.has(queue)) return false;
    const all = [...this.#waiting.values(), ...this.#setAside.values()];
    return all.filter((one) => one.queue === queue).length >= this.#limits.perPerson;
  }

  /** Whoever writes on and on meanwhile would be throttled too, were their turn to come. */
  #drop(update: Update, queue: string): void {
    this.#handled.add(update.update_id);
    this.#onDoubt(update, this.#overfull.has(queue) ? "droppedToo" : "dropped");
    this.#overfull.add(queue);
  }

  /** Keeps the window open: beside what is late Telegram has to have room to show what is new. */
  #makeRoom(): void {
    for (;;) {
      const { offset } = this;
      const oldest = this.#waiting.get(offset);
      const shown = [...this.#handled].filter((id) => id > offset).length + this.#waiting.size;
      const isFull = shown > this.#limits.window;
      if (!isFull || oldest === undefined || !this.#late.has(oldest.queue)) return;
      this.#waiting.delete(offset);
      this.#setAside.set(offset, oldest);
      setTimeout(() => oldest.giveUp.abort(), this.#limits.setAsideMs).unref();
      this.#onDoubt(oldest.update, "setAside");
      const [first] = this.#setAside.values();
      if (this.#setAside.size > this.#limits.setAside) first?.giveUp.abort();
    }
  }
}
