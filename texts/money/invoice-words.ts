import type { PaymentState } from "../../domain/payments/payment.ts";

/** What an invoice's message is made of; money and moments are written out already. */
export interface InvoiceWords {
  readonly plan: string;
  readonly days: number;
  readonly price: string;
  readonly gateway: string;
  readonly until: string;
  readonly state: PaymentState;
  /** Where a wallet sends it, and with which comment. */
  readonly address?: string;
  readonly comment?: string;
}
