import type { Money } from "../money.ts";

/**
 * Why money becomes balance and does not buy what it was paid for. `noUse`: an add-on that would be
 * of no use any more.
 */
export const creditReasons = [
  "underpaid",
  "wrongCurrency",
  "paidTwice",
  "blocked",
  "noAccess",
  "noUse",
] as const;
/** One of `creditReasons`. */
export type CreditReason = (typeof creditReasons)[number];

/** A part of the price, and the charge it came with. */
export interface PricePart {
  readonly reference: string;
  readonly minor: number;
}

/** What follows from an event. Every amount in it is booked. */
export type Effect =
  | {
      readonly kind: "granted";
      readonly reference: string;
      readonly paid: Money;
      readonly late: boolean;
      /** How much of this charge is price. */
      readonly ofPrice: Money;
      /** Earlier, smaller charges for the same order, taken from the balance for it. */
      readonly parts: readonly PricePart[];
      readonly surplus: Money;
      /** What earlier charges brought beyond the price: it is on the balance, and stays there. */
      readonly leftOver?: Money;
    }
  | {
      readonly kind: "credited";
      readonly reference: string;
      readonly paid: Money;
      /** `topUp`: the customer has paid to have it there. */
      readonly why: CreditReason | "topUp";
      readonly missing?: Money;
    }
  | {
      readonly kind: "returned";
      readonly reference: string;
      /** The amount newly returned, and the total so far. */
      readonly returned: Money;
      readonly total: Money;
      /**
       * Parts of `returned`: what had bought time, what was reserved for it,
       * what leaves the balance.
       */
      readonly ofPrice: Money;
      readonly ofReserve: readonly { readonly requestId: string; readonly minor: number }[];
      readonly ofBalance: Money;
      /** What the balance no longer held: our own loss. */
      readonly ofShop: Money;
      readonly forced: boolean;
      /** It answers a refund that we requested. */
      readonly isOurs: boolean;
      /** All of the price has been returned. */
      readonly whole: boolean;
    }
  /** A return reported before its payment. */
  | { readonly kind: "returnNoted"; readonly reference: string; readonly returned: Money }
  | { readonly kind: "noted"; readonly status: string }
  | { readonly kind: "declined"; readonly reason: string }
  /** A contradiction that a person has to look at. */
  | { readonly kind: "inconsistent"; readonly reason: string }
  | { readonly kind: "duplicate" };
