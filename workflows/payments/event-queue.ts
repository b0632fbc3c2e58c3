import type { GatewayEvent } from "../../domain/payments/payment.ts";

/**
 * How many events are decided at once, and how many characters of evidence they may carry: far
 * below the 2 MB of a payload.
 */
const maxBatchEvents = 300;
const maxBatchChars = 400_000;
/** How many events a gateway is asked to confirm at once. */
const maxConfirmations = 50;
/**
 * How much a run may hand to the next one, in characters: below 2 MB even if each takes two bytes.
 */
const maxCarriedChars = 900_000;

/**
 * The gateway events of a payment that wait to be decided. Equal ones count as one: a gateway that
 * repeats itself costs only the signal. Events that need a confirmation by their gateway wait
 * separately and do not delay the others.
 */
export class EventQueue {
  /** How many events this run has received, repeats included. */
  received = 0;
  /** When unconfirmed events are asked about again. */
  confirmAtMs = Number.POSITIVE_INFINITY;
  readonly #waiting: GatewayEvent[] = [];
  /** To be asked about as soon as the running question is answered. */
  #toAsk: readonly GatewayEvent[] = [];
  /** The events of the running question. */
  #asked: readonly GatewayEvent[] = [];
  /** To be asked about again at `confirmAtMs`. */
  #unconfirmed: readonly GatewayEvent[] = [];
  /** Whether the last question that ended has failed. */
  #hasFailed = false;
  readonly #known = new Set<string>();
  readonly #confirmed = new WeakSet<GatewayEvent>();

  constructor(events: readonly GatewayEvent[]) {
    this.add(events);
    this.received = 0;
  }

  /** How many events wait to be decided, without those that wait for a confirmation. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Whether there is something to decide or ask about now. */
  get hasNews(): boolean {
    return this.#waiting.length > 0 || (this.#toAsk.length > 0 && !this.isAsking);
  }

  /** Whether a question to the gateway is on its way. */
  get isAsking(): boolean {
    return this.#asked.length > 0;
  }

  /** Whether events wait for their gateway's confirmation. */
  get hasUnconfirmed(): boolean {
    return this.isAsking || this.#toAsk.length > 0 || this.#unconfirmed.length > 0;
  }

  /** Whether everything that waits fits into a new run's arguments. */
  get fitsNextRun(): boolean {
    return JSON.stringify(this.#all()).length <= maxCarriedChars;
  }

  /** Adds events to be decided. */
  add(events: readonly GatewayEvent[]): void {
    for (const event of events) {
      this.received += 1;
      const key = JSON.stringify(event.report);
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#waiting.push(event);
    }
  }

  /** Takes the next batch to decide. */
  take(): readonly GatewayEvent[] {
    return this.#waiting.splice(0, countWithin(this.#waiting, maxBatchEvents));
  }

  /**
   * Moves events that need confirmation aside, and starts a question about them
   * unless one is running.
   * @returns the events to ask about; empty: ask nothing.
   */
  takeToConfirm(
    needsConfirmation: (event: GatewayEvent) => boolean,
    nowMs: number,
  ): readonly GatewayEvent[] {
    const isUnlikely = (event: GatewayEvent) =>
      !this.#confirmed.has(event) && needsConfirmation(event);
    const fresh = this.#waiting.filter(isUnlikely);
    const likely = this.#waiting.filter((event) => !isUnlikely(event));
    this.#waiting.splice(0, this.#waiting.length, ...likely);
    this.#toAsk = [...this.#toAsk, ...fresh];
    if (nowMs >= this.confirmAtMs) {
      this.#toAsk = [...this.#unconfirmed, ...this.#toAsk];
      this.#postpone([], Number.POSITIVE_INFINITY);
    }
    if (this.isAsking) return [];
    const count = countWithin(this.#toAsk, maxConfirmations);
    this.#asked = this.#toAsk.slice(0, count);
    this.#toAsk = this.#toAsk.slice(count);
    return this.#asked;
  }

  /**
   * Ends a question with the gateway's own events, which need no further confirmation.
   * @returns whether the question before this one had failed.
   */
  confirm(events: readonly GatewayEvent[]): boolean {
    const hadFailed = this.#hasFailed;
    this.#hasFailed = false;
    // Otherwise the queue was emptied meanwhile, and these events with it.
    if (this.isAsking) {
      this.#asked = [];
      this.addConfirmed(events);
    }
    return hadFailed;
  }

  /** Adds events that need no confirmation. */
  addConfirmed(events: readonly GatewayEvent[]): void {
    for (const event of events) {
      this.#confirmed.add(event);
      this.#waiting.push(event);
    }
  }

  /** Ends a question that failed; it is repeated at `askAtMs`. */
  putBack(askAtMs: number): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#hasFailed = true;
    this.#postpone([...this.#unconfirmed, ...asked], askAtMs);
  }

  #postpone(events: readonly GatewayEvent[], askAtMs: number): void {
    this.#unconfirmed = events;
    this.confirmAtMs = askAtMs;
  }

  #all(): readonly GatewayEvent[] {
    return [...this.#unconfirmed, ...this.#asked, ...this.#toAsk, ...this.#waiting];
  }

  /** Takes everything, for the next run; a running question is dropped and asked again there. */
  takeAll(): readonly GatewayEvent[] {
    const all = this.#all();
    this.#waiting.splice(0);
    this.#toAsk = [];
    this.#asked = [];
    this.#unconfirmed = [];
    return all;
  }
}

/** How many of the first events fit into one step by number and size. */
function countWithin(events: readonly GatewayEvent[], most: number): number {
  let chars = 0;
  let count = 0;
  for (const { evidence } of events) {
    if (count >= most || chars >= maxBatchChars) break;
    chars += evidence.length;
    count += 1;
  }
  return count;
}
