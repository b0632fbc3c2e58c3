import type { PaymentId, PaymentOrder } from "../../domain/payments/payment.ts";
import type { KeptCard } from "../../domain/payments/renewal.ts";
import type { StatementLine } from "./statement-line.ts";

/** A charge of a saved card. */
export interface CardCharge {
  /** A renewal, whose invoice `issueInvoice` has made: nobody but us can pay it. */
  readonly order: PaymentOrder;
  /** The gateway's name of that invoice. */
  readonly invoiceReference: string;
  /** The card's token. */
  readonly token: string;
}

/**
 * The cards that a gateway keeps. Each belongs to the order with which its owner has agreed: what is
 * known of one order's card is never mixed up with another one's.
 * @throws Refused when the gateway refuses.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export interface SavedCards {
  /** The card that can be charged now; undefined: none was saved, or it was deleted since. */
  find(consent: PaymentId): Promise<KeptCard | undefined>;
  /**
   * Charges a card, and answers with what became of it: paid, or declined for good. The same order
   * is never charged twice: before each try the gateway is asked what became of the last one.
   * @throws Error while the outcome is unknown.
   */
  charge(charge: CardCharge): Promise<readonly StatementLine[]>;
  /** Deletes the card; one that is gone already is left as it is. */
  remove(consent: PaymentId): Promise<void>;
}
