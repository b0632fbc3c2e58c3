import type { CustomerBooks } from "./payment-books.ts";

type Booked = CustomerBooks["payments"][number];

/**
 * Which of a customer's orders may stay without time though their price was paid. Each act that can do that to an
 * order is noted before it is asked for: what the books had by then was decided without it.
 */
export class Excuses {
  readonly #opened: string[] = [];
  readonly #shutOut = new Set<string>();
  #wholeBeforeSpending: ReadonlySet<string> | undefined;
  #isShutOut = false;

  /** Whether some act may keep the customer from time that they pay for now. */
  get isShutOut(): boolean {
    return this.#isShutOut;
  }

  /** The customer is about to be blocked, or to lose their access. */
  beforeShutOut({ payments }: Pick<CustomerBooks, "payments">): void {
    this.#isShutOut = true;
    const whole = new Set(payments.filter(isWhole).map(({ id }) => id));
    for (const id of this.#opened) if (!whole.has(id)) this.#shutOut.add(id);
  }

  /** All such acts are over, and the customer may be given time. */
  letInAgain(): void {
    this.#isShutOut = false;
  }

  /** An order is about to be opened; the books have it a little later. */
  beforeOpened(id: string): void {
    this.#opened.push(id);
    if (this.#isShutOut) this.#shutOut.add(id);
  }

  /** Balance is about to be spent or given back, and it may be an order's parts that it was made of. */
  beforeSpending({ payments }: Pick<CustomerBooks, "payments">): void {
    this.#wholeBeforeSpending ??= new Set(payments.filter(isWhole).map(({ id }) => id));
  }

  /** Whether its price was paid while the customer may have been shut out. */
  mayBeShutOut(id: string): boolean {
    return this.#shutOut.has(id);
  }

  /** Whether parts of its price may have been spent before the last of them came. */
  mayBeSpent(id: string): boolean {
    return this.#wholeBeforeSpending !== undefined && !this.#wholeBeforeSpending.has(id);
  }
}

/** Whether the books have all of its price. */
function isWhole({ charges, priceMinor, currency }: Booked): boolean {
  const paid = charges.flatMap((charge) => (charge.paid?.currency === currency ? charge.paid : []));
  return paid.reduce((all, { minor }) => all + minor, 0) >= priceMinor;
}
