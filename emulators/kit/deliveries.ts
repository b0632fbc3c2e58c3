import type { Table } from "./journal.ts";

/** A message on its way to the shop. */
export interface Delivery<Message> {
  readonly message: Message;
  /** How often it was tried in vain. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  /** Goes out as soon as another message has, if not before at `dueAt`. */
  readonly afterNext?: boolean | undefined;
}

/** What sends the messages, and where they are kept until then. */
export interface DeliveriesParts<Message> {
  readonly rows: Table<Delivery<Message>>;
  /** Whether the receiver accepted it. Must not reject. */
  readonly post: (message: Message, stopped: AbortSignal) => Promise<boolean>;
  /** The pause after the nth failed try, or undefined to give up. */
  readonly pauseMs: (tries: number) => number | undefined;
  /** Makes what changed outlive the process; called before anything is sent. */
  readonly save: () => void;
  readonly now: () => number;
}

/** A fault that applies to a message when it is queued. */
export interface DeliveryFault {
  readonly webhook: "duplicate" | "reorder" | "delay" | "drop";
  /** Milliseconds. */
  readonly delay_ms: number;
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly go: () => void;
}

/** The longest wait of `setTimeout`; what is due later is scheduled again then. */
const maxTimerMs = 2 ** 31 - 1;

/** Sends messages at least once, independently of each other, so order is not kept. */
export class Deliveries<Message> {
  readonly #parts: DeliveriesParts<Message>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #stopped = new AbortController();
  #last: number;

  constructor(parts: DeliveriesParts<Message>) {
    this.#parts = parts;
    const keys = [...parts.rows.entries()].map(([key]) => Number(key));
    this.#last = Math.max(0, ...keys);
    for (const key of keys) void this.#schedule(String(key));
  }

  /**
   * Sends a message, subject to the fault. Resolves after the first try,
   * or at once when that is postponed.
   */
  async push(message: Message, deliveryFault?: DeliveryFault): Promise<void> {
    switch (deliveryFault?.webhook) {
      case undefined:
        return this.#add(message);
      case "drop":
        return;
      case "duplicate":
        await Promise.all([this.#add(message), this.#add(message)]);
        return;
      case "delay":
        return this.#add(message, { delayMs: deliveryFault?.delay_ms });
      case "reorder":
        return this.#add(message, { delayMs: deliveryFault?.delay_ms, afterNext: true });
    }
  }

  /** What waits to be sent or tried again. */
  list(): Delivery<Message>[] {
    return [...this.#parts.rows.values()];
  }

  /** Sends now what waits for its time or for a retry. */
  flushNow(): void {
    for (const { go } of this.#waiting.values()) go();
  }

  /** Forgets what waits. */
  clear(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#parts.rows.clear();
  }

  /** Nothing is sent after this; what is on its way is tried again after a restart. */
  stop(): void {
    this.#stopped.abort();
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #add(message: Message, { delayMs = 0, afterNext = false } = {}): Promise<void> {
    this.#last += 1;
    const key = String(this.#last);
    const dueAt = this.#parts.now() + delayMs;
    this.#parts.rows.set(key, { message, tries: 0, dueAt, ...(afterNext ? { afterNext } : {}) });
    const tried = this.#schedule(key);
    return delayMs > 0 ? Promise.resolve() : tried;
  }

  #schedule(key: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = () => {
      clearTimeout(this.#waiting.get(key)?.timer);
      this.#waiting.delete(key);
      void this.#try(key).then(resolve);
    };
    const wait = () => {
      const dueInMs = (this.#parts.rows.get(key)?.dueAt ?? 0) - this.#parts.now();
      const later = dueInMs > maxTimerMs;
      const timer = setTimeout(later ? wait : go, Math.min(Math.max(0, dueInMs), maxTimerMs));
      this.#waiting.set(key, { timer: timer.unref(), go });
    };
    wait();
    return promise;
  }

  async #try(key: string): Promise<void> {
    const delivery = this.#parts.rows.get(key);
    if (delivery === undefined) return;
    this.#parts.save();
    const taken = await this.#parts.post(delivery.message, this.#stopped.signal);
    // Meanwhile everything may have been reset.
    if (this.#stopped.signal.aborted || !this.#parts.rows.has(key)) return;
    const tries = delivery.tries + 1;
    const pauseMs = taken ? undefined : this.#parts.pauseMs(tries);
    if (pauseMs === undefined) {
      this.#parts.rows.delete(key);
    } else {
      const dueAt = this.#parts.now() + pauseMs;
      this.#parts.rows.set(key, { message: delivery.message, tries, dueAt });
      void this.#schedule(key);
    }
    this.#parts.save();
    this.#releaseHeld(key);
  }

  #releaseHeld(but: string): void {
    for (const [key, { afterNext }] of this.#parts.rows.entries()) {
      if (afterNext && key !== but) this.#waiting.get(key)?.go();
    }
  }
}
