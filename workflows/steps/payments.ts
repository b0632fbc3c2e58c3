import type { PaymentActivities } from "../../activities/payments/payment.ts";
import type { RefundActivities } from "../../activities/payments/refund.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

type Activities = PaymentActivities & RefundActivities;

/**
 * What operators read beside each step in the Temporal UI. A step without a
 * summary does not compile.
 */
export const summaries: Summaries<Activities> = {
  openOrder: "makes the order, with the price that was shown",
  findOrder: "looks up what is known of the payment",
  issueInvoice: "asks the gateway for an invoice and has it shown",
  tellInvoiceDelayed: "tells the customer that the invoice takes longer",
  confirmEvents: "asks the gateway about an amount that is not the price",
  lookUp: "asks the gateway what became of the invoice",
  decideEvents: "decides over reports and books all that follows",
  closePayment: "books that the invoice is over",
  keepUnmatched: "keeps an unmatched payment",
  resolveUnmatched: "books what an admin decided over an unmatched payment",
  refundUnmatched: "asks the gateway to send an unmatched payment back",
  closeUnmatched: "books how it ended and tells the admin",
  openRefund: "books the refund, takes its time and reserves its balance",
  approveRefund: "books that an admin agrees",
  refundAtGateway: "asks the gateway to return the money",
  tellRefundWaits: "tells the admins that a refund waits for its gateway",
  completeRefund: "books that the money is back",
  failRefund: "gives back what the refund had taken",
};

export const { externalBriefly, externalUntil, localDb } = proxySteps<Activities>(summaries);
