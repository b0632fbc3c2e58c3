import type { TelegramId } from "../ids.ts";
import type { Currency, Money } from "../money.ts";
import type { PaymentId, PaymentOrder } from "./payment.ts";

/** Asks for money to be given back. `requestId` counts it once. */
export interface RefundCommand {
  readonly requestId: string;
  readonly paymentId: PaymentId;
  /** Undefined: the charge that bought the time, or most of it. */
  readonly reference?: string;
  /** Undefined: all that is left of the charge. */
  readonly amount?: Money;
  readonly reason: string;
  /** The admin who asks; undefined: Tollgate itself, for money that came twice. */
  readonly by?: TelegramId;
}

/** How a gateway gives money back. */
export type RefundCapability = "none" | "whole" | "partial";

/** `asked` waits for an admin's yes, `approved` for the gateway. */
export const refundStates = ["asked", "approved", "rejected", "returned", "refused"] as const;
export type RefundState = (typeof refundStates)[number];

/** A refund that the books agree to: what it takes is set aside already. */
export interface Refund {
  readonly requestId: string;
  readonly order: PaymentOrder;
  readonly reference: string;
  readonly amount: Money;
  readonly reason: string;
  readonly by: TelegramId | undefined;
  readonly state: RefundState;
}

export const refundRefusals = [
  "notAdmin",
  "noPayment",
  "nothingLeft",
  "tooMuch",
  "underWay",
  "onlyWhole",
  "notPossible",
  "spent",
] as const;
/** Why money is not given back. `spent`: it became balance, and the balance does not hold it any more. */
export type RefundRefusal = (typeof refundRefusals)[number];

export type RefundOutcome =
  | { readonly kind: "returned"; readonly amount: Money }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal }
  | { readonly kind: "rejected" | "lapsed" }
  | { readonly kind: "refused"; readonly why: string };

/** How a refund came to nothing. */
export type RefundFailure = {
  readonly kind: "rejected" | "lapsed" | "refused";
  readonly why: string;
};

/** Above these amounts a second look is asked for; a currency that is not named has no limit. */
export type ApprovalLimits = Readonly<Partial<Record<Currency, number>>>;

export function needsApproval(
  by: TelegramId | undefined,
  { minor, currency }: Money,
  limits: ApprovalLimits,
): boolean {
  const limit = limits[currency];
  return by !== undefined && limit !== undefined && minor > limit;
}
