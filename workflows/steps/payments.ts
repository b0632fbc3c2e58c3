import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { TelegramId } from "../../domain/ids.ts";
import type { DecisionOutcome } from "../../domain/payments/decision.ts";
import type {
  GatewayEvent,
  InvoiceRequest,
  OpenResult,
  PaymentId,
  PaymentOrder,
  PaymentState,
  Purchase,
  StoredOrder,
} from "../../domain/payments/payment.ts";
import type {
  Refund,
  RefundAnswer,
  RefundCommand,
  RefundFailure,
  RefundOpened,
} from "../../domain/payments/refund.ts";
import type { RenewalRequest, StarChange } from "../../domain/payments/renewal.ts";
import type {
  Resolution,
  ResolutionResult,
  UnmatchedRefund,
  UnmatchedResult,
} from "../../domain/payments/unmatched.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The outcome of a decision, with the refunds that the workflow has to start. */
export interface DecidedEvents extends DecisionOutcome {
  /** Refunds of payments that came twice. */
  readonly refunds: readonly RefundCommand[];
}

/** The steps of payments and of unmatched payments. */
export interface PaymentSteps {
  /**
   * Creates the order of a purchase; if that is refused, the customer is told why,
   * or shown the open order.
   */
  openOrder(id: PaymentId, purchase: Purchase, now: Instant): Promise<OpenResult>;
  /** Undefined: there is no order with this id. */
  findOrder(id: PaymentId): Promise<StoredOrder | undefined>;
  /**
   * Asks the gateway for an invoice and sends it to the customer.
   * @throws ApplicationFailure `InvoiceRefused` when the gateway refuses it.
   */
  issueInvoice(order: PaymentOrder): Promise<void>;
  /** Tells the customer, in the order's message, that the invoice takes longer. */
  notifyInvoiceDelayed(order: PaymentOrder): Promise<void>;
  /** Shows the order again to the customer who asked. */
  showInvoice(order: PaymentOrder, requests: readonly InvoiceRequest[]): Promise<void>;
  /**
   * Closes the invoice at the gateway, where that is possible.
   * @throws ApplicationFailure `InvoiceRefused` when the gateway refuses.
   */
  cancelInvoice(order: PaymentOrder): Promise<void>;
  /** What the gateway itself says about events whose amount is not the price. */
  confirmEvents(
    order: PaymentOrder,
    events: readonly GatewayEvent[],
  ): Promise<readonly GatewayEvent[]>;
  /**
   * What the gateway says about the invoice, if it can be asked.
   * @throws ApplicationFailure `InvoiceRefused` when the gateway refuses to answer.
   */
  lookUp(order: PaymentOrder): Promise<readonly GatewayEvent[]>;
  /**
   * Decides events and books their effects, in one transaction.
   * Undefined: the order does not exist.
   */
  decideEvents(
    id: PaymentId,
    events: readonly GatewayEvent[],
    now: Instant,
  ): Promise<DecidedEvents | undefined>;
  /** Closes an unpaid order and updates its message. Undefined: the order does not exist. */
  closePayment(
    order: PaymentOrder,
    state: "lapsed" | "cancelled" | "refused",
    now: Instant,
  ): Promise<PaymentState | undefined>;
  /**
   * Books unmatched payments and notifies the admins.
   * @returns how many of them wait for a decision.
   */
  keepUnmatched(id: PaymentId, events: readonly GatewayEvent[]): Promise<number>;
  /** Books an admin's decision about an unmatched payment. */
  resolveUnmatched(resolution: Resolution, now: Instant): Promise<ResolutionResult>;
  /** Books the end of a refund, if there was one, and notifies the admin. */
  closeUnmatched(
    resolution: Resolution,
    result: UnmatchedResult,
    refund?: UnmatchedRefund,
  ): Promise<void>;
}

/** The steps of auto-renewals. */
export interface RenewalSteps {
  /**
   * Books a customer's change of their auto-renewal and answers it, once.
   * Undefined: nothing has changed.
   */
  changeRenewal(request: RenewalRequest, now: Instant): Promise<SubscriptionRef | undefined>;
  /** The next subscription in Stars that is not at Telegram what it shall be. */
  findStarChange(of: SubscriptionRef): Promise<StarChange | undefined>;
  /** Tells Telegram; where it refuses, the admins are notified, and it is not told again. */
  changeStars(payer: TelegramId, change: StarChange): Promise<void>;
  /** Records that Telegram was told. */
  recordStarChange(change: StarChange): Promise<void>;
}

/** The steps of refunds. */
export interface RefundSteps {
  /** Opens the refund if books and gateway allow it; otherwise notifies the admin. */
  openRefund(command: RefundCommand, now: Instant): Promise<RefundOpened>;
  /** Records the admins' approval. */
  approveRefund(requestId: string): Promise<void>;
  /**
   * Refunds the money at the gateway; a refund to the balance needs the books alone.
   * @throws ApplicationFailure `RefundRefused` or `GatewayOff`.
   */
  refundAtGateway(refund: Refund): Promise<RefundAnswer>;
  /**
   * Refunds the rest of an unmatched payment.
   * @throws ApplicationFailure `RefundRefused` or `GatewayOff`.
   */
  refundUnmatched(refund: UnmatchedRefund): Promise<RefundAnswer>;
  /** Notifies admins, once, that the refund waits for its gateway. */
  notifyRefundWaits(refund: Refund): Promise<void>;
  /** Books the return of the money. */
  completeRefund(refund: Refund, now: Instant): Promise<void>;
  /** Restores time and balance after a refund that was refused or not approved. */
  failRefund(refund: Refund, failure: RefundFailure, now: Instant): Promise<void>;
}

/** The summaries of the steps of payments and refunds. */
export const summaries: Summaries<PaymentSteps & RenewalSteps & RefundSteps> = {
  openOrder: "makes the order, with the price that was shown",
  findOrder: "looks up what is known of the payment",
  issueInvoice: "asks the gateway for an invoice and has it shown",
  notifyInvoiceDelayed: "tells the customer that the invoice takes longer",
  showInvoice: "shows the customer the order again",
  cancelInvoice: "cancels the invoice at the gateway",
  confirmEvents: "asks the gateway about an amount that is not the price",
  lookUp: "asks the gateway what became of the invoice",
  decideEvents: "decides on reports and books all that follows",
  closePayment: "books that the invoice is over",
  keepUnmatched: "keeps an unmatched payment",
  resolveUnmatched: "books what an admin decided over an unmatched payment",
  refundUnmatched: "asks the gateway to send an unmatched payment back",
  closeUnmatched: "books how it ended and tells the admin",
  changeRenewal: "books how the subscription renews itself",
  findStarChange: "looks up which subscription in Stars has to change",
  changeStars: "tells Telegram to end a subscription in Stars, or to let it go on",
  recordStarChange: "books that Telegram was told",
  openRefund: "books the refund, takes its time and reserves its balance",
  approveRefund: "books that an admin agrees",
  refundAtGateway: "asks the gateway to return the money",
  notifyRefundWaits: "tells the admins that a refund waits for its gateway",
  completeRefund: "books that the money is back",
  failRefund: "gives back what the refund had taken",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { externalBriefly, externalUntil, localDb } = proxySteps<
  PaymentSteps & RenewalSteps & RefundSteps
>(summaries);
