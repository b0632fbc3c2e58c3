import type { PaymentId } from "../../domain/payments/payment.ts";
import type { Invoice } from "./port.ts";

const mostInvoices = 1_000;

/**
 * The newest invoices that this process has requested or is requesting: a step that is retried
 * while its first try still runs gets the same invoice.
 */
export class SingleFlight {
  readonly #invoices = new Map<PaymentId, Promise<Invoice>>();

  /**
   * The invoice of this payment, issued once. A failure is not kept: the next call issues again.
   */
  issueOnce(id: PaymentId, issue: () => Promise<Invoice>): Promise<Invoice> {
    const known = this.#invoices.get(id);
    if (known !== undefined) return known;
    const issuing = issue();
    this.#invoices.set(id, issuing);
    issuing.catch(() => this.#invoices.delete(id));
    const [oldest] = this.#invoices.keys();
    if (this.#invoices.size > mostInvoices && oldest !== undefined) this.#invoices.delete(oldest);
    return issuing;
  }
}
