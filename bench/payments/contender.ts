/** A complete payment: its workflow has ended, and its customer has the message. */
export interface CompletedPayment {
  readonly workflowId: string;
  /** From the gateway's call until the deciding step has ended: the books are complete then. */
  readonly bookedMs: number;
  /**
   * From the gateway's call until Telegram has accepted the customer's message;
   * for A equal to `bookedMs`.
   */
  readonly notifiedMs: number;
}

/** One of the two sides that are compared. Each customer makes one payment after the other. */
export interface Contender {
  readonly name: "A" | "B";
  /** The number of customers; their places are 0 to `people - 1`. */
  readonly people: number;
  /** Resets the outside world, so that every round starts with the same. */
  prepare(): Promise<void>;
  /** Makes a payment for the customer in this place, from start to end. */
  pay(place: number): Promise<CompletedPayment>;
  /** The workflow id of this customer's calendar, if there is one. */
  calendar(place: number): string | undefined;
}

/**
 * The customers who are not paying now, the one who paid last at the end,
 * so that all buy equally often.
 */
export class Queue {
  readonly #side: Contender;
  readonly #idle: number[];

  constructor(side: Contender) {
    this.#side = side;
    this.#idle = Array.from({ length: side.people }, (_, place) => place);
  }

  /**
   * Makes a payment for the customer who has waited longest.
   * @throws Error when all customers are paying.
   */
  async pay(): Promise<CompletedPayment> {
    const place = this.#idle.shift();
    if (place === undefined) throw new Error("all customers are paying already");
    const paid = await this.#side.pay(place);
    this.#idle.push(place);
    return paid;
  }
}
