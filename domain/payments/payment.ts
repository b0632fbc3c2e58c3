import {
  type Branded,
  type CustomerId,
  isUuid,
  type SubscriptionId,
  type TelegramId,
} from "../ids.ts";
import type { Currency, Money } from "../money.ts";
import type { Instant } from "../time.ts";
import type { CreditReason, Effect } from "./effect.ts";
import type { PlanCode, PlanTerms } from "./plan.ts";

/**
 * The id of a payment, a uuid: derived from the button that was pressed, or from the charge when it
 * came without an order (`domain/derived-ids.ts`).
 */
export type PaymentId = Branded<string, "Payment">;

/** A gateway's name in the registry, or `balance`: the customer's balance with us. */
export type GatewayName = Branded<string, "Gateway">;

/**
 * A checked gateway name.
 * @throws RangeError when `name` does not fit into a button: 1 to 16 of a-z, 0-9 and "-".
 */
export function gatewayName(name: string): GatewayName {
  if (!/^[a-z0-9-]{1,16}$/u.test(name)) {
    throw new RangeError(`a gateway's name is 1 to 16 of a-z, 0-9 and "-", got "${name}"`);
  }
  return name as GatewayName;
}

/** The gateway of payments from the customer's balance: no provider takes part. */
export const balanceGateway: GatewayName = gatewayName("balance");

/** The gateway of payments in Telegram Stars. */
export const starsGateway: GatewayName = gatewayName("stars");

/**
 * A text from outside as a payment's id; undefined when it does not have the form of one, because
 * gateways echo whatever they were given. That such a payment exists is not checked.
 */
export const asPaymentId = (text: string): PaymentId | undefined =>
  isUuid(text) ? (text as PaymentId) : undefined;

/** The number of an order by which people name it: the beginning of its id. */
export const orderNumber = (id: PaymentId): string => id.slice(0, 8);

/**
 * `begins`: paying it begins charges that repeat themselves. `renews`: it is such a charge, made by
 * the subscription's calendar or by the gateway, because its customer has agreed to it.
 */
export const recurrences = ["begins", "renews"] as const;
/** One of `recurrences`. */
export type Recurrence = (typeof recurrences)[number];

/**
 * What a customer chose under a plan. The payment's id is derived from it,
 * so that a double tap is one payment.
 */
export type Purchase = PurchaseFacts & (PlanChoice | ExtraChoice);

/** A plan that a customer chose. */
export interface PlanChoice {
  readonly plan: PlanCode;
  /**
   * The version that the customer was shown; if the price has changed since, they are asked again.
   */
  readonly planVersion: number;
  readonly extra?: undefined;
}

/** Something beside the plans that a customer chose, and the price that they were shown. */
export interface ExtraChoice {
  readonly plan?: undefined;
  readonly extra: Extra;
  /** In minor units of the purchase's currency. */
  readonly minor: number;
}

/** What is bought beside the plans. `topUp`: the money becomes the customer's balance. */
export type Extra = { readonly kind: "topUp" } | AddOn;

/** What is added to a plan for as long as it is stated. */
export type AddOn =
  /** May be moved beside what the plan allows. */
  | { readonly kind: "traffic"; readonly bytes: number }
  /** One more device, until then. */
  | { readonly kind: "device"; readonly until: Instant };

/** The kinds of `AddOn`. */
export const addOnKinds = ["traffic", "device"] as const satisfies readonly AddOn["kind"][];

/** The kinds of `Extra`. */
export const extraKinds = ["topUp", ...addOnKinds] as const satisfies readonly Extra["kind"][];

/** What an order adds to a plan; undefined: it is for a plan, or tops up the balance. */
export const addOnOf = ({ extra }: { readonly extra?: Extra | undefined }): AddOn | undefined =>
  extra === undefined || extra.kind === "topUp" ? undefined : extra;

interface PurchaseFacts {
  readonly telegramId: TelegramId;
  readonly gateway: GatewayName;
  readonly currency: Currency;
  /** The message in the chat that was pressed: the invoice is shown in its place. */
  readonly shownIn?: number;
  /** Undefined: it is paid once. */
  readonly recurs?: Recurrence;
  /** What it is for; `new`: one more subscription. Undefined: the customer's first that counts. */
  readonly subscription?: SubscriptionId | "new";
}

/** A customer asks to see what they opened. */
export interface InvoiceRequest {
  /** Names the press: a repeat is shown once. */
  readonly requestId: string;
  /** The picture for a wallet, or the invoice itself. */
  readonly part: "invoice" | "qr";
  /** The message that was pressed; the invoice is shown in its place. */
  readonly shownIn?: number;
}

/**
 * What a customer was asked to pay; what is bought and the price stay as they were when it was
 * opened.
 */
export type PaymentOrder = OrderFacts & (OrderOfPlan | OrderOfExtra);

interface OrderOfPlan {
  readonly terms: PlanTerms;
  readonly extra?: undefined;
}

interface OrderOfExtra {
  readonly terms?: undefined;
  readonly extra: Extra;
}

interface OrderFacts {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
  readonly subscriptionId: SubscriptionId;
  readonly gateway: GatewayName;
  readonly price: Money;
  /** Random, unguessable and used once: it identifies a transfer on a blockchain. */
  readonly memo: string;
  readonly openedAt: Instant;
  /** Money that comes later is still accepted at this price. */
  readonly lapsesAt: Instant;
  /** Undefined: it is paid once. */
  readonly recurs?: Recurrence;
}

/**
 * The plan that an order is for.
 * @throws Error when it is for something else.
 */
export function termsOf({ id, terms }: PaymentOrder): PlanTerms {
  if (terms === undefined) throw new Error(`order ${id} is for no plan`);
  return terms;
}

/** An order as the books have it now. */
export interface StoredOrder {
  readonly order: PaymentOrder;
  readonly state: PaymentState;
  readonly invoice: Readonly<Record<string, string>> | undefined;
}

/** `open` waits for money; every other state still accepts gateway events. */
export const paymentStates = [
  "open",
  "settled",
  "lapsed",
  "declined",
  "cancelled",
  "refused",
  "refunded",
] as const;
/** One of `paymentStates`. */
export type PaymentState = (typeof paymentStates)[number];

/**
 * The state machine of a payment: its state after an effect.
 * Money that came outweighs every other end.
 */
export function nextState(state: PaymentState, effect: Effect): PaymentState {
  switch (effect.kind) {
    case "granted":
      return "settled";
    case "returned":
      return effect.whole && state === "settled" ? "refunded" : state;
    case "declined":
      return state === "open" ? "declined" : state;
    case "credited":
      return effect.why === "topUp" ? "settled" : state;
    case "returnNoted":
    case "noted":
    case "inconsistent":
    case "duplicate":
      return state;
  }
}

/**
 * What a gateway reported, in our terms. `reference` is the gateway's own id of the charge, which
 * counts once. `returned` is the total returned of the charge so far,
 * so that a repeat adds nothing.
 */
export type GatewayReport =
  | {
      readonly kind: "paid";
      readonly reference: string;
      readonly paid: Money;
      /** What the gateway keeps, where it says so. */
      readonly fee?: Money;
      /** Who paid, where the gateway says so: an unmatched payment can then be refunded to them. */
      readonly payer?: TelegramId;
      /** The wallet that it came from, in its chain's form for people. */
      readonly sender?: string;
      /** What its sender wrote to it: a stranger's text, as `tidyComment` leaves it. */
      readonly comment?: string;
      readonly at: Instant;
    }
  | { readonly kind: "progress"; readonly status: string }
  | {
      readonly kind: "declined";
      readonly final: boolean;
      readonly reason: string;
      /** The invoice that it is about: the order may have had an earlier one. */
      readonly invoiceReference?: string;
    }
  | { readonly kind: "refunded"; readonly reference: string; readonly returned: Money }
  | { readonly kind: "chargedBack"; readonly reference: string; readonly returned: Money };

/** What a payment gateway reported, with the verbatim evidence. */
export interface GatewayEvent {
  readonly gateway: GatewayName;
  readonly report: GatewayReport;
  /** What the gateway sent, verbatim; the headers are needed to verify it. */
  readonly evidence: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `reconciliation`: we found it ourselves; nobody reported it. */
  readonly source: "gateway" | "reconciliation";
}

/** The cause under which a payment's time is given: one payment, one grant. */
export const grantCause = (id: PaymentId): string => `payment/${id}`;

/** How a payment ended, as the workflow's query shows it. */
export type PaymentOutcome =
  | { readonly kind: "settled" | "settledLate" | "overpaid"; readonly reference: string }
  | { readonly kind: "paidTwice"; readonly reference: string }
  | { readonly kind: "underpaid"; readonly missing: Money }
  | { readonly kind: "credited"; readonly why: CreditReason }
  | { readonly kind: "declined" | "refused"; readonly reason: string }
  | { readonly kind: "lapsed" | "cancelled" | "duplicate" | "unmatched" }
  | { readonly kind: "refunded" | "chargedBack"; readonly returned: Money }
  | { readonly kind: "notOpened"; readonly why: NotOpened };

/** Why a purchase did not become an order. */
export const notOpenedReasons = [
  "notCustomer",
  "notForSale",
  "priceChanged",
  "gatewayOff",
  "alreadyOpen",
  "wrongAmount",
  "addOnOff",
  "addOnChanged",
] as const;
/** One of `notOpenedReasons`. */
export type NotOpened = (typeof notOpenedReasons)[number];

/** What opening an order came to; `instead`: the open order for the same purchase. */
export type OpenResult =
  | { readonly kind: "opened"; readonly known: StoredOrder }
  | { readonly kind: "notOpened"; readonly why: NotOpened; readonly instead?: PaymentId };
