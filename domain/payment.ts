import type { Branded, CustomerId, SubscriptionId } from "./ids.ts";
import { covers, difference, type Money } from "./money.ts";
import { type Instant, msBetween } from "./time.ts";

export type PaymentId = Branded<string, "Payment">;

/** What a customer was asked to pay for; its price is the one it was made with, whatever plans cost later. */
export interface PaymentOrder {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly subscriptionId: SubscriptionId;
  readonly days: number;
  readonly price: Money;
  /** Money that comes later is honoured all the same, at the stored price. */
  readonly lapsesAt: Instant;
}

/** What a gateway said, in our words. `reference` is the gateway's own name of the charge: it counts once. */
export type GatewayReport =
  | {
      readonly kind: "paid";
      readonly reference: string;
      readonly paid: Money;
      readonly at: Instant;
    }
  | { readonly kind: "declined"; readonly final: boolean; readonly reason: string }
  | { readonly kind: "refunded"; readonly reference: string; readonly returned: Money }
  | { readonly kind: "chargedBack"; readonly reference: string; readonly returned: Money };

/** What of this payment is in the books already. */
export interface Settled {
  readonly reference: string;
  /** Whether its time has been given. */
  readonly granted: boolean;
}

/** What one report leads to. Every amount in it is to be booked; `duplicate` is known and changes nothing. */
export type Consequence =
  | {
      readonly kind: "grant";
      readonly paid: Money;
      readonly late: boolean;
      readonly surplus?: Money;
    }
  | {
      readonly kind: "credit";
      readonly paid: Money;
      readonly why: "underpaid" | "wrongCurrency";
      readonly missing?: Money;
    }
  | { readonly kind: "giveBack"; readonly paid: Money }
  | { readonly kind: "listenOn"; readonly reason: string }
  | { readonly kind: "end"; readonly reason: string }
  | { readonly kind: "takeBack"; readonly returned: Money; readonly forced: boolean }
  | { readonly kind: "duplicate" };

/**
 * Decides what a report means for a payment. Pure, so that a report that comes twice, late or out of order is
 * decided alike wherever it comes from: webhook, chat or statement.
 */
export function consequenceOf(
  order: PaymentOrder,
  settled: readonly Settled[],
  report: GatewayReport,
): Consequence {
  switch (report.kind) {
    case "declined":
      return declined(settled, report);
    case "refunded":
    case "chargedBack":
      return settled.some(({ reference }) => reference === report.reference)
        ? { kind: "takeBack", returned: report.returned, forced: report.kind === "chargedBack" }
        : { kind: "duplicate" };
    case "paid":
      return paid(order, settled, report);
  }
}

/** After money has come a decline says nothing any more: gateways reorder. */
function declined(
  settled: readonly Settled[],
  { final, reason }: Extract<GatewayReport, { kind: "declined" }>,
): Consequence {
  if (settled.length > 0) return { kind: "duplicate" };
  return final ? { kind: "end", reason } : { kind: "listenOn", reason };
}

function paid(
  order: PaymentOrder,
  settled: readonly Settled[],
  report: Extract<GatewayReport, { kind: "paid" }>,
): Consequence {
  const { paid: amount } = report;
  if (settled.some(({ reference }) => reference === report.reference)) return { kind: "duplicate" };
  if (settled.some(({ granted }) => granted)) return { kind: "giveBack", paid: amount };
  if (amount.currency !== order.price.currency) {
    return { kind: "credit", paid: amount, why: "wrongCurrency" };
  }
  if (!covers(amount, order.price)) {
    const missing = difference(order.price, amount);
    return { kind: "credit", paid: amount, why: "underpaid", missing };
  }
  const late = msBetween(order.lapsesAt, report.at) > 0;
  const surplus = difference(amount, order.price);
  return { kind: "grant", paid: amount, late, ...(surplus.minor > 0 ? { surplus } : {}) };
}
