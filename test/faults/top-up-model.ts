import type { CustomerBooks } from "./payment-books.ts";

/** What is known of the money for a top-up. */
interface Coverage {
  /** Its whole amount was paid. */
  readonly isCovered: boolean;
  /** It need not be done all the same: its customer was shut out, or money went back. */
  readonly mayLack: boolean;
}

/** A top-up is done exactly if its whole amount was paid, and it never buys time. */
export function aboutTopUp(
  { id, state, charges }: CustomerBooks["payments"][number],
  { isCovered, mayLack }: Coverage,
): string[] {
  const isDone = state === "settled" || state === "refunded";
  const bought = charges.filter(({ use }) => use === "grant");
  return [
    ...bought.map(({ reference }) => `charge ${reference} of the top-up ${id} has bought time`),
    ...(isDone === isCovered || mayLack
      ? []
      : [`top-up ${id} was ${isCovered ? "" : "not "}paid, and is ${state}`]),
  ];
}
