import type { CustomerId, SubscriptionId, TelegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import type { PaymentFacts } from "../../../domain/payments/payment-facts.ts";
import {
  gatewayName,
  type PaymentId,
  type PaymentOrder,
} from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";

/** An order of `priceMinor` kopecks at a gateway with partial refunds. */
export const orderOf = (priceMinor: number): PaymentOrder => ({
  id: "6f1f9a52-5c0e-4c0b-9b8e-0d8e3a4b5c6d" as PaymentId,
  customerId: "c" as CustomerId,
  telegramId: 1 as TelegramId,
  subscriptionId: "s" as SubscriptionId,
  gateway: gatewayName("tbank"),
  terms: { code: "month" as PlanCode, version: 1, days: 30, deviceLimit: 1 },
  price: money(priceMinor, "RUB"),
  memo: "m",
  openedAt: instant("2026-01-01T00:00:00Z"),
  lapsesAt: instant("2026-01-02T00:00:00Z"),
});

/** The same as a top-up of the balance. */
export function topUpOf(priceMinor: number): PaymentOrder {
  const { terms: _, ...order } = orderOf(priceMinor);
  return { ...order, extra: { kind: "topUp" } };
}

/** The facts of an order before anybody has paid. */
export const unpaid: PaymentFacts = {
  state: "open",
  invoiceReference: "shown",
  charges: [],
  pending: [],
  balances: {},
  mayGrant: "yes",
};
