import type { PaymentId } from "../../domain/payments/payment.ts";
import type { Invoice } from "./port.ts";

const remembered = 1_000;

/**
 * The newest invoices that this process asked for, also those that it is just asking for: a step that is tried
 * again while its first try still runs gets the same invoice.
 */
export class SingleFlight {
  readonly #invoices = new Map<PaymentId, Promise<Invoice>>();

  /** A failure is not remembered: whoever asks next asks anew. */
  ask(id: PaymentId, issue: () => Promise<Invoice>): Promise<Invoice> {
    const known = this.#invoices.get(id);
    if (known !== undefined) return known;
    const asked = issue();
    this.#invoices.set(id, asked);
    asked.catch(() => this.#invoices.delete(id));
    const [oldest] = this.#invoices.keys();
    if (this.#invoices.size > remembered && oldest !== undefined) this.#invoices.delete(oldest);
    return asked;
  }
}
