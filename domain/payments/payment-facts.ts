import type { Balances, Charge, PendingRefund } from "./charge.ts";
import type { PaymentState } from "./payment.ts";

/** What the books say about a payment when an event is decided. */
export interface PaymentFacts {
  readonly state: PaymentState;
  /** The gateway's id of the invoice that the customer was shown last. */
  readonly invoiceReference: string | undefined;
  readonly charges: readonly Charge[];
  readonly pending: readonly PendingRefund[];
  /** What the customer can spend, in minor units. */
  readonly balances: Balances;
  /** Whether the customer may be given what was ordered; if not, why. */
  readonly mayGrant: "yes" | "blocked" | "noAccess" | "noUse";
}
