import type { SubscriptionRef } from "../access/subscription.ts";
import type { CustomerId, SubscriptionId, TelegramId } from "../ids.ts";
import type { PaymentId } from "../payments/payment.ts";
import type { Instant } from "../time.ts";
import type { CustomerStatus } from "./customer.ts";
import type { SignupPolicy } from "./signup.ts";

/**
 * What an admin may do to a customer. Each act is one row in the audit log, keyed by its request.
 */
export type AdminAct = { readonly customer: TelegramId } & (
  | (OnSubscription & { readonly kind: "extend"; readonly days: number })
  | { readonly kind: "block" }
  | { readonly kind: "unblock" }
  | (OnSubscription & { readonly kind: "revoke" })
  /** Undoes the decision on the customer's signup that answered `ask`. */
  | { readonly kind: "undo"; readonly ask: string }
);

/** What is done to one of a customer's subscriptions; a block is the customer's, so of all. */
interface OnSubscription {
  /** Undefined: the customer's first that counts. */
  readonly subscription?: SubscriptionId;
}

/** An admin's command to act on a customer. */
export interface AdminActRequest {
  /**
   * Derived at the entry point from the update that carried the command: a repeat is the same act.
   */
  readonly requestId: string;
  readonly by: TelegramId;
  readonly act: AdminAct;
  /** The message that asked whether to do it, which becomes the answer; undefined: a command. */
  readonly shownIn?: number;
}

/** The acts after which nobody may pay: they close the customer's open orders. */
export const closingActs = ["block", "revoke", "undo"] as const;

/** Why an act is refused. */
export const actRefusals = [
  "notAdmin",
  "onAdmin",
  "badDays",
  "noCustomer",
  "noSubscription",
  "undone",
  "tooLate",
  "notBooked",
  "changedSince",
] as const;
/** One of these refusals. */
export type ActRefusal = (typeof actRefusals)[number];

/** The most days that an admin may give at once: ten years, leap days included. */
export const longestExtensionDays = 3_660;

/** Why the act itself is refused, whichever admin requests it; undefined: it is valid. */
export function refusalOf(act: AdminAct, customerIsAdmin: boolean): ActRefusal | undefined {
  switch (act.kind) {
    case "extend": {
      const { days } = act;
      return Number.isFinite(days) && days > 0 && days <= longestExtensionDays
        ? undefined
        : "badDays";
    }
    case "block":
    case "revoke":
    case "undo":
      return customerIsAdmin ? "onAdmin" : undefined;
    case "unblock":
      return undefined;
  }
}

/** A customer's status after an act. */
export function statusAfter(
  act: AdminAct["kind"],
  now: CustomerStatus,
  hasSubscription: boolean,
): CustomerStatus {
  switch (act) {
    case "block":
      return "blocked";
    case "unblock":
      if (now !== "blocked") return now;
      return hasSubscription ? "active" : "pending";
    case "extend":
    case "revoke":
      return now;
    case "undo":
      return "pending";
  }
}

/** What an act has changed beyond the customer's status: what was booked, not what was asked. */
export interface ActEffect {
  /** The days that were given; undefined: none were. */
  readonly days?: number;
  /** When access ends since then. */
  readonly until: Instant;
}

/** What a signup goes on with when the decision on it was undone. */
export interface WaitsAgain {
  readonly customerId: CustomerId;
  readonly policy: SignupPolicy;
}

/** What recording an act came to. */
export type RecordedAct =
  | {
      readonly kind: "done";
      /** What it was done to. Undefined: the customer has no subscription. */
      readonly ref: SubscriptionRef | undefined;
      /** The customer's other subscriptions, where it was done to all. */
      readonly others?: readonly SubscriptionRef[];
      readonly name: string;
      /** Only where the customer has time since then. */
      readonly effect?: ActEffect;
      /** The open orders that a block has closed: their invoices are cancelled at the gateways. */
      readonly closedOrders?: readonly PaymentId[];
      /** The customer's request waits again: their signup goes on. */
      readonly waitsAgain?: WaitsAgain;
    }
  | { readonly kind: "refused"; readonly why: ActRefusal };
