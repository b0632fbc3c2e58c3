import type { TelegramId } from "../ids.ts";
import { type Currency, difference, type Money } from "../money.ts";
import type { PaymentId, PaymentOrder } from "./payment.ts";

/** A command to refund money. `requestId` makes a repeat count once. */
export interface RefundCommand {
  readonly requestId: string;
  readonly paymentId: PaymentId;
  /** Undefined: the charge that bought the time, or most of it. */
  readonly reference?: string;
  /** Undefined: all that is left of the charge. */
  readonly amount?: Money;
  readonly reason: string;
  /** An admin has sent the money already, in this transaction: the gateway is not asked. */
  readonly transaction?: string;
  /** The admin who asks; undefined: Tollgate itself, for a payment that came twice. */
  readonly by?: TelegramId;
}

/** How a gateway can refund money. */
export type RefundCapability = "none" | "whole" | "partial";

/** `asked` waits for an admin's approval, `approved` for the gateway. */
export const refundStates = ["asked", "approved", "rejected", "returned", "refused"] as const;
/** One of `refundStates`. */
export type RefundState = (typeof refundStates)[number];

/** A refund that the books accept; what it takes from the balance is reserved already. */
export interface Refund {
  readonly requestId: string;
  readonly order: PaymentOrder;
  readonly reference: string;
  readonly amount: Money;
  readonly reason: string;
  /** The money was sent by hand, in this transaction. */
  readonly transaction?: string;
  readonly by: TelegramId | undefined;
  readonly state: RefundState;
}

/**
 * Why money is not refunded. `spent`: it became balance, and the balance no longer holds it.
 * `possible`: the gateway refunds, so nobody has to send money by hand. `sameTransaction`: another
 * refund was sent in this transaction.
 */
export const refundRefusals = [
  "notAdmin",
  "noPayment",
  "nothingLeft",
  "tooMuch",
  "underWay",
  "onlyWhole",
  "notPossible",
  "possible",
  "sameTransaction",
  "spent",
] as const;
/** One of `refundRefusals`. */
export type RefundRefusal = (typeof refundRefusals)[number];

/** How a refund ended: the result of its workflow. `lapsed`: no admin agreed in time. */
export type RefundOutcome =
  | { readonly kind: "returned"; readonly amount: Money }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal }
  | { readonly kind: "rejected" | "lapsed" }
  | { readonly kind: "refused"; readonly why: string };

/** How a refund failed. */
export type RefundFailure = {
  readonly kind: "rejected" | "lapsed" | "refused";
  readonly why: string;
};

/**
 * Amounts in minor units above which a refund needs approval; a currency not named has no limit.
 */
export type ApprovalLimits = Readonly<Partial<Record<Currency, number>>>;

/** Whether a refund needs a second admin's approval. One that Tollgate itself starts does not. */
export function needsApproval(
  by: TelegramId | undefined,
  { minor, currency }: Money,
  limits: ApprovalLimits,
): boolean {
  const limit = limits[currency];
  return by !== undefined && limit !== undefined && minor > limit;
}

/** What opening a refund came to. */
export type RefundOpened =
  | {
      readonly kind: "opened";
      readonly refund: Refund;
      /** The admins' answer, if they were asked before. */
      readonly decision?: "approved" | "rejected" | "lapsed";
    }
  | { readonly kind: "notOpened"; readonly why: RefundRefusal };

/**
 * `underWay`: the gateway has taken it and is not done;
 * asking again with the same key tells how it stands.
 */
export type RefundAnswer = "returned" | "underWay";

/** A charge as its payment's page shows it. */
interface ShownCharge {
  /** Undefined while only its return was reported. */
  readonly paid: Money | undefined;
  readonly returned: Money;
  readonly use: "grant" | "credit" | "none";
}

/** What can be refunded of a payment. */
export interface Refundable<Charge> {
  readonly charge: Charge;
  readonly left: Money;
}

/**
 * The charge that can be refunded, and what is left of it: the one that bought the time, or else
 * another. Undefined where nothing is left.
 */
export function refundableOf<Charge extends ShownCharge>(
  charges: readonly Charge[],
): Refundable<Charge> | undefined {
  const left = charges.flatMap((charge): Refundable<Charge>[] => {
    if (charge.paid === undefined) return [];
    const rest = difference(charge.paid, charge.returned);
    return rest.minor > 0 ? [{ charge, left: rest }] : [];
  });
  return left.find(({ charge }) => charge.use === "grant") ?? left[0];
}
