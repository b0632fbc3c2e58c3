import { recurringPaymentId } from "../../domain/derived-ids.ts";
import {
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
  termsOf,
} from "../../domain/payments/payment.ts";
import { starPeriodMs } from "../../domain/payments/renewal.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { beginsCard, expectCard, stopCard } from "./card-consents.ts";
import { insertOrder } from "./new-orders.ts";
import { isOfStars, stopStars } from "./star-subscriptions.ts";

/**
 * The payment that a report about a recurring order belongs to. Telegram names the order with which
 * the customer agreed on each of its charges. The first charge that buys time is the order's own;
 * each other one is a payment of its own, whichever way and in whichever order they are reported.
 */
export async function routeOf(
  db: Queries,
  order: PaymentOrder,
  report: GatewayReport,
): Promise<PaymentId> {
  if (!("reference" in report)) return order.id;
  const { reference } = report;
  const rows = await db
    .selectFrom("charges")
    .select(["reference", "paymentId", "use"])
    .where((row) =>
      row.or([
        row("paymentId", "=", order.id as string),
        row.and([row("gateway", "=", order.gateway as string), row("reference", "=", reference)]),
      ]),
    )
    .execute();
  const owner = rows.find((row) => row.reference === reference);
  if (owner !== undefined) return owner.paymentId as PaymentId;
  const hasOwn = rows.some((row) => row.paymentId === order.id && row.use === "grant");
  return hasOwn ? recurringPaymentId(order.id, reference) : order.id;
}

/**
 * Makes the payment of a later charge, with the terms and the price of the order that began it.
 * Nobody is asked to pay it, so it is never open.
 */
export async function ensureRecurring(
  db: Queries,
  id: PaymentId,
  { order, report, now }: { order: PaymentOrder; report: GatewayReport; now: Instant },
): Promise<void> {
  const at = report.kind === "paid" ? report.at : now;
  const { memo: _memo, ...begun } = order;
  const charge = {
    ...begun,
    id,
    terms: termsOf(order),
    recurs: "renews",
    openedAt: at,
    lapsesAt: addMs(at, starPeriodMs),
  } as const;
  await insertOrder(db, charge, { state: "lapsed", closedAt: now });
}

/** What was decided about an order. */
export interface DecidedOrder {
  /** A whole charge was returned. */
  readonly isReturned: boolean;
  readonly isGranted: boolean;
  readonly now: Instant;
}

/**
 * Books what a decision means for auto-renewal: whose charge is returned whole is not charged again
 * without a new consent, and an order that lets its gateway save a card is followed by the card.
 * @returns whether the calendar has to make the outside follow.
 */
export async function followDecision(
  db: Queries,
  order: PaymentOrder,
  { isReturned, isGranted, now }: DecidedOrder,
): Promise<boolean> {
  const { recurs, subscriptionId } = order;
  const savesCard = isGranted && beginsCard(order);
  if (savesCard) await expectCard(db, order, now);
  if (!isReturned || recurs === undefined) return savesCard;
  if (!isOfStars(order)) await stopCard(db, subscriptionId);
  else await stopStars(db, subscriptionId);
  return savesCard || isOfStars(order);
}
