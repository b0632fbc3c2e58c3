import type { PaymentState } from "../../domain/payments/payment.ts";

/** What a plan is told with; prices and traffic are written out already. */
export interface PlanWords {
  readonly name: string;
  readonly description: string;
  readonly days: number;
  readonly devices: number;
  /** Written out; undefined where there is no limit. */
  readonly traffic?: string | undefined;
}

/** What is left of one plan, and what it becomes under another; in days. */
export interface ConversionWords {
  readonly left: number;
  readonly from: string;
  readonly becomes: number;
  readonly to: string;
}

/** A line in a list of payments; money and moments are written out already. */
export interface PaymentWords {
  readonly at: string;
  readonly plan: string;
  readonly price: string;
  readonly gateway: string;
  readonly state: PaymentState;
  /** The first characters of its id: what people can name it by. */
  readonly number: string;
}
