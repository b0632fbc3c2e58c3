/** A payment that is complete: its workflow has ended, and its customer is told. */
export interface Paid {
  readonly workflowId: string;
  /** From the door's call until the step that decides has ended: then the books have it all. */
  readonly bookedMs: number;
  /** From the door's call until Telegram has taken what the customer is told; of A, as `bookedMs`. */
  readonly toldMs: number;
}

/** One of the two that are compared. Each customer pays one payment after the other. */
export interface Contender {
  readonly name: "A" | "B";
  /** How many customers there are: `pay` is for each place below. */
  readonly people: number;
  /** Makes the outside as it was, so that every round finds the same. */
  prepare(): Promise<void>;
  /** Makes a payment of the customer in this place, from its start to its end. */
  pay(place: number): Promise<Paid>;
  /** The workflow of this customer's calendar, where there is one. */
  calendar(place: number): string | undefined;
}

/** The customers who pay nothing now: whoever paid last waits longest, so that all buy equally often. */
export class Queue {
  readonly #side: Contender;
  readonly #idle: number[];

  constructor(side: Contender) {
    this.#side = side;
    this.#idle = Array.from({ length: side.people }, (_, place) => place);
  }

  /** A payment of the one who waits longest. Never more at once than there are people. */
  async pay(): Promise<Paid> {
    const place = this.#idle.shift();
    if (place === undefined) throw new Error("all customers are paying already");
    const paid = await this.#side.pay(place);
    this.#idle.push(place);
    return paid;
  }
}
