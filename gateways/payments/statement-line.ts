import type { GatewayReport, PaymentId } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";

/** Which payment a line is about, as far as the gateway can say. */
export type PaymentSubject =
  | { readonly kind: "payment"; readonly id: PaymentId }
  | { readonly kind: "memo"; readonly memo: string }
  | { readonly kind: "nobody" };

/** A report, with what the gateway sent, verbatim. */
export interface StatementLine {
  readonly about: PaymentSubject;
  readonly report: GatewayReport;
  readonly evidence: string;
  /** When it happened, where the report itself does not say. */
  readonly at?: Instant;
}
