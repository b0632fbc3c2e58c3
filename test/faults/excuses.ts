import type { CustomerBooks } from "./payment-books.ts";

type BookedPayment = CustomerBooks["payments"][number];

/**
 * Which of a customer's orders may have no time although their price was paid. Each act that can
 * cause this is noted before it is requested: what the books had by then was decided without it.
 */
export class Excuses {
  readonly #opened: string[] = [];
  readonly #shutOut = new Set<string>();
  #wholeBeforeSpending: ReadonlySet<string> | undefined;
  #isShutOut = false;

  /** Whether a past act may prevent the customer from getting time for a payment now. */
  get isShutOut(): boolean {
    return this.#isShutOut;
  }

  /** Call it before the customer is blocked or their access is revoked. */
  beforeShutOut({ payments }: Pick<CustomerBooks, "payments">): void {
    this.#isShutOut = true;
    const whole = new Set(payments.filter(isWhole).map(({ id }) => id));
    for (const id of this.#opened) if (!whole.has(id)) this.#shutOut.add(id);
  }

  /** All such acts are over, and the customer may get time again. */
  shutOutEnded(): void {
    this.#isShutOut = false;
  }

  /** Call it before an order is opened. */
  beforeOpened(id: string): void {
    this.#opened.push(id);
    if (this.#isShutOut) this.#shutOut.add(id);
  }

  /** Call it before balance is spent or refunded: it may consist of parts of an order's price. */
  beforeSpending({ payments }: Pick<CustomerBooks, "payments">): void {
    this.#wholeBeforeSpending ??= new Set(payments.filter(isWhole).map(({ id }) => id));
  }

  /** Whether the price of this order was paid while the customer may have been shut out. */
  mayBeShutOut(id: string): boolean {
    return this.#shutOut.has(id);
  }

  /** Whether parts of its price may have been spent before the last of them came. */
  mayBeSpent(id: string): boolean {
    return this.#wholeBeforeSpending !== undefined && !this.#wholeBeforeSpending.has(id);
  }
}

/** Whether the books have the whole price. */
function isWhole({ charges, priceMinor, currency }: BookedPayment): boolean {
  const paid = charges.flatMap((charge) => (charge.paid?.currency === currency ? charge.paid : []));
  return paid.reduce((all, { minor }) => all + minor, 0) >= priceMinor;
}
