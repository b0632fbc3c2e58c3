import type { GatewayEvent } from "../domain/payment.ts";

/** How many events are decided at once, and how much evidence they may carry: far below a payload's 2 MB. */
const batchEvents = 300;
const batchBytes = 400_000;
/** How many events a gateway is asked to confirm at once. */
const mostAsked = 50;

/**
 * The reports of a payment that wait to be decided. Equal ones are one: a gateway that repeats itself costs
 * nothing but the signal.
 */
export class EventQueue {
  /** How many reports this run has taken, equal ones among them. */
  received = 0;
  wasUnconfirmed = false;
  /** When those that could not be confirmed are asked about again. */
  confirmAtMs = Number.POSITIVE_INFINITY;
  readonly #waiting: GatewayEvent[] = [];
  #unconfirmed: readonly GatewayEvent[] = [];
  readonly #known = new Set<string>();
  readonly #confirmed = new WeakSet<GatewayEvent>();

  constructor(events: readonly GatewayEvent[]) {
    this.add(events);
    this.received = 0;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get hasNews(): boolean {
    return this.#waiting.length > 0;
  }

  get hasUnconfirmed(): boolean {
    return this.#unconfirmed.length > 0;
  }

  add(events: readonly GatewayEvent[]): void {
    for (const event of events) {
      this.received += 1;
      const key = JSON.stringify(event.report);
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#waiting.push(event);
    }
  }

  /** The next batch of those that may be decided as they are. */
  take(mayDecide: (event: GatewayEvent) => boolean = () => true): readonly GatewayEvent[] {
    let bytes = 0;
    const batch: GatewayEvent[] = [];
    const rest: GatewayEvent[] = [];
    for (const event of this.#waiting) {
      const isReady = this.#confirmed.has(event) || mayDecide(event);
      const hasRoom = batch.length < batchEvents && bytes < batchBytes;
      if (isReady && hasRoom) {
        bytes += event.evidence.length;
        batch.push(event);
      } else {
        rest.push(event);
      }
    }
    this.#waiting.splice(0, this.#waiting.length, ...rest);
    return batch;
  }

  /** Those to ask the gateway about now. */
  takeToConfirm(isToConfirm: (event: GatewayEvent) => boolean, nowMs: number): GatewayEvent[] {
    const due = nowMs >= this.confirmAtMs ? this.#unconfirmed : [];
    if (due.length > 0) this.#putAside([], Number.POSITIVE_INFINITY);
    const fresh = this.#waiting.filter(
      (event) => !this.#confirmed.has(event) && isToConfirm(event),
    );
    const asked = [...due, ...fresh];
    const chosen = new Set(asked);
    const rest = this.#waiting.filter((event) => !chosen.has(event));
    // What is too much for one question comes in the next one.
    this.#waiting.splice(0, this.#waiting.length, ...asked.slice(mostAsked), ...rest);
    return asked.slice(0, mostAsked);
  }

  /** What the gateway itself says: decided as it is. */
  addConfirmed(events: readonly GatewayEvent[]): void {
    for (const event of events) {
      this.#confirmed.add(event);
      this.#waiting.push(event);
    }
  }

  putBack(events: readonly GatewayEvent[], askAtMs: number): void {
    this.#putAside([...this.#unconfirmed, ...events], askAtMs);
  }

  #putAside(events: readonly GatewayEvent[], askAtMs: number): void {
    this.#unconfirmed = events;
    this.confirmAtMs = askAtMs;
  }

  /** Everything, for the run that goes on. */
  takeAll(): readonly GatewayEvent[] {
    return [...this.#unconfirmed, ...this.#waiting.splice(0)];
  }
}
