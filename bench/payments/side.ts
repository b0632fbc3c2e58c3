/** A payment that is complete: its workflow has ended, and the subscription has done all that follows. */
export interface Paid {
  readonly workflowId: string;
  /** From the door's call until the time is in the books. */
  readonly bookedMs: number;
  /** From the door's call until the customer's message is sent. */
  readonly toldMs: number;
}

/** One of the two that are compared. Each customer pays one payment after the other. */
export interface Side {
  readonly name: "A" | "B";
  /** The workflows of the customers' subscriptions, by the customers' places. */
  readonly subscriptions: readonly string[];
  /** Makes the outside as it was, so that every round finds the same. */
  prepare(): Promise<void>;
  /** Makes a payment of the customer in this place, from its start to its end. */
  pay(place: number): Promise<Paid>;
}
