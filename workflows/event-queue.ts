import type { GatewayEvent } from "../domain/payments/payment.ts";

/** How many events are decided at once, and how much evidence they may carry: far below a payload's 2 MB. */
const batchEvents = 300;
const batchBytes = 400_000;
/** How many events a gateway is asked to confirm at once. */
const mostAsked = 50;
/** What a run that goes on may take along, in characters: below 2 MB also where each takes two bytes. */
const mostCarried = 900_000;

/**
 * The reports of a payment that wait to be decided. Equal ones are one: a gateway that repeats itself costs
 * nothing but the signal. What its gateway has to confirm first stands aside, and holds up nothing else.
 */
export class EventQueue {
  /** How many reports this run has taken, equal ones among them. */
  received = 0;
  wasUnconfirmed = false;
  /** When those that could not be confirmed are asked about again. */
  confirmAtMs = Number.POSITIVE_INFINITY;
  readonly #waiting: GatewayEvent[] = [];
  /** To ask about as soon as the question before is answered. */
  #toAsk: readonly GatewayEvent[] = [];
  /** The gateway is being asked about these. */
  #asked: readonly GatewayEvent[] = [];
  /** To ask about again when the time has come. */
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

  /** Whether there is something to decide or to ask about now. */
  get hasNews(): boolean {
    return this.#waiting.length > 0 || (this.#toAsk.length > 0 && !this.isAsking);
  }

  get isAsking(): boolean {
    return this.#asked.length > 0;
  }

  /** Whether something stands aside until its gateway has confirmed it. */
  get hasUnconfirmed(): boolean {
    return this.isAsking || this.#toAsk.length > 0 || this.#unconfirmed.length > 0;
  }

  /** Whether a run that goes on can take along all that waits. */
  get isCarried(): boolean {
    return JSON.stringify(this.#all()).length <= mostCarried;
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

  /** The next batch to decide. */
  take(): readonly GatewayEvent[] {
    return this.#waiting.splice(0, countWithin(this.#waiting, batchEvents));
  }

  /** Sets those aside that have to be confirmed, and begins a question about them unless one is open. */
  takeToConfirm(
    isToConfirm: (event: GatewayEvent) => boolean,
    nowMs: number,
  ): readonly GatewayEvent[] {
    const isUnlikely = (event: GatewayEvent) => !this.#confirmed.has(event) && isToConfirm(event);
    const fresh = this.#waiting.filter(isUnlikely);
    const likely = this.#waiting.filter((event) => !isUnlikely(event));
    this.#waiting.splice(0, this.#waiting.length, ...likely);
    this.#toAsk = [...this.#toAsk, ...fresh];
    if (nowMs >= this.confirmAtMs) {
      this.#toAsk = [...this.#unconfirmed, ...this.#toAsk];
      this.#putAside([], Number.POSITIVE_INFINITY);
    }
    if (this.isAsking) return [];
    const count = countWithin(this.#toAsk, mostAsked);
    this.#asked = this.#toAsk.slice(0, count);
    this.#toAsk = this.#toAsk.slice(count);
    return this.#asked;
  }

  /** Ends a question with what the gateway itself says, which is decided as it is. */
  confirm(events: readonly GatewayEvent[]): void {
    // The run was given up meanwhile, and these with it.
    if (!this.isAsking) return;
    this.#asked = [];
    this.addConfirmed(events);
  }

  addConfirmed(events: readonly GatewayEvent[]): void {
    for (const event of events) {
      this.#confirmed.add(event);
      this.#waiting.push(event);
    }
  }

  /** Ends a question that was not answered. */
  putBack(askAtMs: number): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#putAside([...this.#unconfirmed, ...asked], askAtMs);
  }

  #putAside(events: readonly GatewayEvent[], askAtMs: number): void {
    this.#unconfirmed = events;
    this.confirmAtMs = askAtMs;
  }

  #all(): readonly GatewayEvent[] {
    return [...this.#unconfirmed, ...this.#asked, ...this.#toAsk, ...this.#waiting];
  }

  /** Everything, for the run that goes on; an answer that is still awaited is another run's. */
  takeAll(): readonly GatewayEvent[] {
    const all = this.#all();
    this.#waiting.splice(0);
    this.#toAsk = [];
    this.#asked = [];
    this.#unconfirmed = [];
    return all;
  }
}

/** How many of the first of these are not too many for one step, nor too large. */
function countWithin(events: readonly GatewayEvent[], most: number): number {
  let bytes = 0;
  let count = 0;
  for (const { evidence } of events) {
    if (count >= most || bytes >= batchBytes) break;
    bytes += evidence.length;
    count += 1;
  }
  return count;
}
