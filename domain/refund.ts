import type { TelegramId } from "./ids.ts";
import type { Currency, Money } from "./money.ts";
import type { PaymentId, PaymentOrder } from "./payment.ts";

/** A wish to give money back. `requestId` counts it once. */
export interface RefundWish {
  readonly requestId: string;
  readonly paymentId: PaymentId;
  /** Undefined: the charge that bought the time. */
  readonly reference?: string;
  /** Undefined: all that is left of the charge. */
  readonly amount?: Money;
  readonly reason: string;
  /** The admin who asks; undefined: Tollgate itself, for money that came twice. */
  readonly by?: TelegramId;
}

/** A wish that the books agree to. */
export interface Refund {
  readonly requestId: string;
  readonly order: PaymentOrder;
  readonly reference: string;
  readonly paid: Money;
  readonly alreadyReturned: Money;
  readonly amount: Money;
  /** What of the bought time goes with it, and of this charge in all. */
  readonly days: number;
  readonly daysInAll: number;
}

export const refundStates = ["asked", "approved", "rejected", "returned", "refused"] as const;
export type RefundState = (typeof refundStates)[number];

export const refundRefusals = [
  "notAdmin",
  "noPayment",
  "nothingLeft",
  "tooMuch",
  "underWay",
  "onlyWhole",
  "notPossible",
] as const;
/** Why money is not given back. */
export type RefundRefusal = (typeof refundRefusals)[number];

export type RefundOutcome =
  | { readonly kind: "returned"; readonly amount: Money }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal }
  | { readonly kind: "rejected" | "lapsed" }
  | { readonly kind: "refused"; readonly why: string };

/** Above these amounts a second look is asked for; a currency that is not named has no limit. */
export type ApprovalLimits = Readonly<Partial<Record<Currency, number>>>;

export function needsApproval(
  wish: RefundWish,
  { minor, currency }: Money,
  limits: ApprovalLimits,
) {
  const limit = limits[currency];
  return wish.by !== undefined && limit !== undefined && minor > limit;
}
