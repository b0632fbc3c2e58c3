import type { Update } from "telegraf/types";

interface QueuedPart {
  readonly from?: { readonly id?: number };
  readonly successful_payment?: object;
  readonly refunded_payment?: object;
}

/**
 * Which updates must be handled one after the other: those of one person. A payment waits for
 * nothing else that its person did, and a checkout waits for no payment either:
 * Telegram gives it ten seconds.
 */
function queueOf(update: Update): string {
  const parts = Object.values(update) as (QueuedPart | null | undefined)[];
  const part = parts.find((one) => one?.from?.id !== undefined);
  const id = part?.from?.id ?? 0;
  if ("pre_checkout_query" in update) return `checkout:${id}`;
  return (part?.successful_payment ?? part?.refunded_payment) ? `money:${id}` : `person:${id}`;
}

/**
 * What happens to an update that cannot be handed over in its turn: it is confirmed and retried, or
 * dropped because too many of its person's updates wait (`droppedToo` after the first).
 */
export type Doubt = "setAside" | "dropped" | "droppedToo";

/** What the queue and the handler of an update tell each other. */
export interface Handling {
  /** Aborted when the update is not tried any more. */
  readonly signal: AbortSignal;
  /** Called when the update could not be handed over, and is tried again. */
  readonly late: () => void;
}

type Handle = (update: Update, handling: Handling) => Promise<void>;

/** What may wait in the queue. */
export interface UpdateQueueLimits {
  /**
   * How many updates may lie between the oldest unconfirmed one and the newest: Telegram shows a
   * hundred at a time, and shows none beyond them until the oldest is confirmed.
   */
  readonly window: number;
  /** How many may be confirmed while they still wait. */
  readonly setAside: number;
  /** How long a confirmed update is retried. */
  readonly setAsideMs: number;
  /** How many updates of one person may wait behind a late one. */
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
 * Updates that are being handled: people side by side, each person's in the order they came. An
 * update that `handle` rejects stays unhandled, and so does what that person sent after it.
 *
 * What cannot be handed over stays unconfirmed while Telegram has room to show others beside it.
 * Without room, the oldest late one is set aside: it is confirmed, and retried for ten minutes.
 * `onDoubt` is called for it, and for what a person sends beyond what may wait, because that person
 * has to know.
 */
export class UpdateQueue {
  readonly #handle: Handle;
  readonly #onDoubt: (update: Update, doubt: Doubt) => void;
  readonly #limits: UpdateQueueLimits;
  readonly #waiting = new Map<number, Waiting>();
  readonly #setAside = new Map<number, Waiting>();
  /**
   * Handled, and not confirmed yet by a request that Telegram has answered: they may come again.
   */
  readonly #handled = new Set<number>();
  readonly #queues = new Map<string, Promise<void>>();
  /** Queues whose first update could not be handed over yet. */
  readonly #lateQueues = new Set<string>();
  /** Late queues that got more updates than a person may let wait. */
  readonly #overfullQueues = new Set<string>();
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

  /**
   * The offset to ask with. Every update below it is handled or set aside: it is the oldest that
   * waits, or the one after the newest.
   */
  get offset(): number {
    return Math.min(...this.#waiting.keys(), this.#next);
  }

  /** Whether everything that Telegram has shown may be confirmed. */
  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  /**
   * Takes the new ones of the updates that a request with this offset answered;
   * true where there was one.
   */
  take(updates: readonly Update[], requestOffset: number): boolean {
    for (const id of this.#handled) if (id < requestOffset) this.#handled.delete(id);
    const fresh = updates.filter(({ update_id: id }) => !this.#isKnown(id));
    const restarted = this.idle && fresh.every(({ update_id: id }) => id < this.#next);
    if (restarted && fresh.length > 0) this.#restart();
    for (const update of fresh) this.#enqueue(update);
    this.#makeRoom();
    return fresh.length > 0;
  }

  /** Resolves when no update is being handled. */
  waitUntilSettled(): Promise<void> {
    this.#settling ??= this.#waitForAll().finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  async #waitForAll(): Promise<void> {
    while (this.#queues.size > 0) await Promise.allSettled(this.#queues.values());
  }

  #isKnown(id: number): boolean {
    return this.#waiting.has(id) || this.#handled.has(id) || this.#setAside.has(id);
  }

  /** After a week without updates Telegram may choose the next number at random. */
  #restart(): void {
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
    const turn = before
      .then(() => this.#handleInTurn(waiting))
      .finally(() => {
        if (this.#queues.get(queue) === turn) this.#queues.delete(queue);
      });
    // The updates behind it in the queue see the rejection.
    turn.catch(() => undefined);
    this.#queues.set(queue, turn);
  }

  async #handleInTurn({ update, queue, giveUp }: Waiting): Promise<void> {
    const { update_id: id } = update;
    const late = () => void this.#lateQueues.add(queue);
    try {
      if (!giveUp.signal.aborted) await this.#handle(update, { signal: giveUp.signal, late });
    } catch (error) {
      // An update that was given up is over, and those behind it are handled.
      if (!giveUp.signal.aborted) throw error;
    }
    this.#lateQueues.delete(queue);
    this.#overfullQueues.delete(queue);
    this.#setAside.delete(id);
    if (this.#waiting.delete(id)) this.#handled.add(id);
  }

  #isFull(queue: string): boolean {
    if (!this.#lateQueues.has(queue)) return false;
    const all = [...this.#waiting.values(), ...this.#setAside.values()];
    return all.filter((one) => one.queue === queue).length >= this.#limits.perPerson;
  }

  /** A person who sends this many would be throttled too, if their updates were handled. */
  #drop(update: Update, queue: string): void {
    this.#handled.add(update.update_id);
    this.#onDoubt(update, this.#overfullQueues.has(queue) ? "droppedToo" : "dropped");
    this.#overfullQueues.add(queue);
  }

  /** Keeps the window open, so that Telegram can show new updates beside the late ones. */
  #makeRoom(): void {
    for (;;) {
      const { offset } = this;
      const oldest = this.#waiting.get(offset);
      const shownCount = [...this.#handled].filter((id) => id > offset).length + this.#waiting.size;
      const isFull = shownCount > this.#limits.window;
      if (!isFull || oldest === undefined || !this.#lateQueues.has(oldest.queue)) return;
      this.#waiting.delete(offset);
      this.#setAside.set(offset, oldest);
      setTimeout(() => oldest.giveUp.abort(), this.#limits.setAsideMs).unref();
      this.#onDoubt(oldest.update, "setAside");
      const [first] = this.#setAside.values();
      if (this.#setAside.size > this.#limits.setAside) first?.giveUp.abort();
    }
  }
}
