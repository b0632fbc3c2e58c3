import type { Branded, CustomerId, SubscriptionId, TelegramId } from "../ids.ts";
import type { Currency, Money } from "../money.ts";
import type { Instant } from "../time.ts";
import type { CreditReason, Effect } from "./decision.ts";
import type { PlanCode, PlanTerms } from "./plan.ts";

export type PaymentId = Branded<string, "Payment">;

/** A gateway by its name in the registry, or `balance`: what the customer has with us. */
export type GatewayName = Branded<string, "Gateway">;

export const balanceGateway = "balance" as GatewayName;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

/** Undefined where this is no payment's id: gateways echo whatever they were once given. */
export const asPaymentId = (text: string): PaymentId | undefined =>
  uuid.test(text) ? (text as PaymentId) : undefined;

/** What a customer chose under a plan. Its payment's id is made of it, so that a double tap is one payment. */
export interface Purchase {
  readonly telegramId: TelegramId;
  readonly plan: PlanCode;
  /** The version that the customer was shown; another price needs another look. */
  readonly planVersion: number;
  readonly gateway: GatewayName;
  readonly currency: Currency;
}

/** What a customer was asked to pay for; terms and price are those it was made with. */
export interface PaymentOrder {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
  readonly subscriptionId: SubscriptionId;
  readonly gateway: GatewayName;
  readonly terms: PlanTerms;
  readonly price: Money;
  /** Random, unguessable and used once: what a chain's transfer is known by. */
  readonly memo: string;
  readonly openedAt: Instant;
  /** Money that comes later is honoured all the same, at this price. */
  readonly lapsesAt: Instant;
}

/** An order as the books have it now. */
export interface StoredOrder {
  readonly order: PaymentOrder;
  readonly state: PaymentState;
  readonly invoice: Readonly<Record<string, string>> | undefined;
}

/** `open` waits for money; every other state can still hear. */
export const paymentStates = [
  "open",
  "settled",
  "lapsed",
  "declined",
  "cancelled",
  "refused",
  "refunded",
] as const;
export type PaymentState = (typeof paymentStates)[number];

/** The one state machine of a payment: how it stands after an effect. Money that came outlives every other end. */
export function nextState(state: PaymentState, effect: Effect): PaymentState {
  switch (effect.kind) {
    case "granted":
      return "settled";
    case "returned":
      return effect.whole && state === "settled" ? "refunded" : state;
    case "declined":
      return state === "open" ? "declined" : state;
    case "credited":
    case "returnNoted":
    case "noted":
    case "inconsistent":
    case "duplicate":
      return state;
  }
}

/**
 * What a gateway said, in our words. `reference` is the gateway's own name of the charge: it counts once.
 * `returned` is all that has been given back of the charge so far, so that a repeat adds nothing.
 */
export type GatewayReport =
  | {
      readonly kind: "paid";
      readonly reference: string;
      readonly paid: Money;
      /** What the gateway keeps, where it tells. */
      readonly fee?: Money;
      /** Who paid, where the gateway says so: money of nobody can then go back to them. */
      readonly payer?: TelegramId;
      readonly at: Instant;
    }
  | { readonly kind: "progress"; readonly status: string }
  | {
      readonly kind: "declined";
      readonly final: boolean;
      readonly reason: string;
      /** Which invoice of the order it is about: an order may have had an earlier one. */
      readonly invoiceReference?: string;
    }
  | { readonly kind: "refunded"; readonly reference: string; readonly returned: Money }
  | { readonly kind: "chargedBack"; readonly reference: string; readonly returned: Money };

/** What a payment gateway reported, with what proves it, word for word. */
export interface GatewayEvent {
  readonly gateway: GatewayName;
  readonly report: GatewayReport;
  /** What the gateway sent, as it sent it, and the headers without which it proves nothing. */
  readonly evidence: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `reconciliation`: nobody reported it, we found it. */
  readonly source: "gateway" | "reconciliation";
}

/** Under this cause time is given for a payment: one payment, one grant. */
export const grantCause = (id: PaymentId): string => `payment/${id}`;

/** How a payment ended; whoever looks at the workflow reads it. */
export type PaymentOutcome =
  | { readonly kind: "settled" | "settledLate" | "overpaid"; readonly reference: string }
  | { readonly kind: "paidTwice"; readonly reference: string }
  | { readonly kind: "underpaid"; readonly missing: Money }
  | { readonly kind: "credited"; readonly why: CreditReason }
  | { readonly kind: "declined" | "refused"; readonly reason: string }
  | { readonly kind: "lapsed" | "cancelled" | "duplicate" | "unmatched" }
  | { readonly kind: "refunded" | "chargedBack"; readonly returned: Money }
  | { readonly kind: "notOpened"; readonly why: NotOpened };

/** Why no order was made of a purchase. */
export const notOpenedReasons = [
  "notCustomer",
  "notForSale",
  "priceChanged",
  "gatewayOff",
  "alreadyOpen",
] as const;
export type NotOpened = (typeof notOpenedReasons)[number];

/** What is asked before a person's money moves (Telegram's pre-checkout). */
export interface Checkout {
  readonly from: TelegramId;
  readonly amount: Money;
}

/** What the books say of a payment whose money is about to move. */
export interface Payable {
  readonly telegramId: TelegramId;
  readonly price: Money;
  readonly state: PaymentState;
}

export type CheckoutAnswer = "go" | "notYours" | "wrongAmount" | "over";

/** Whether this person may pay this invoice now: an invoice can be forwarded, be over or be paid. */
export function checkoutOf(
  { telegramId, price, state }: Payable,
  { from, amount }: Checkout,
): CheckoutAnswer {
  if (from !== telegramId) return "notYours";
  if (state !== "open") return "over";
  const { minor, currency } = price;
  return amount.minor === minor && amount.currency === currency ? "go" : "wrongAmount";
}
