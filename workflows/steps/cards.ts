import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { GatewayEvent, PaymentOrder } from "../../domain/payments/payment.ts";
import type { CardChange } from "../../domain/payments/renewal.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of saved cards. None takes or returns what charges a card. */
export interface CardSteps {
  /** The next card of a subscription that is not at its gateway what it shall be. */
  findCardChange(of: SubscriptionRef): Promise<CardChange | undefined>;
  /**
   * Asks the gateway for the card that a payment has saved, and keeps it, or tells its owner that
   * there is none. `notYet`: it may still come.
   */
  saveCard(of: SubscriptionRef, change: CardChange, now: Instant): Promise<"done" | "notYet">;
  /** Deletes the card at its gateway; where that refuses, the admins are notified. */
  removeCard(change: CardChange): Promise<void>;
  /**
   * Charges the subscription's card for an order, and answers with what became of it. Empty: the
   * order is not open any more. It fails while the outcome is unknown.
   * @throws ApplicationFailure `InvoiceRefused` when the gateway refuses to charge.
   */
  chargeCard(order: PaymentOrder, now: Instant): Promise<readonly GatewayEvent[]>;
}

/** The summaries of the steps of saved cards. */
export const summaries: Summaries<CardSteps> = {
  findCardChange: "looks up which saved card has to change",
  saveCard: "asks the gateway for the card that was saved, and keeps it",
  removeCard: "has the gateway delete a card",
  chargeCard: "charges the saved card, or asks what became of the charge",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { externalUntil, localDb } = proxySteps<CardSteps>(summaries);
