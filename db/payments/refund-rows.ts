import type { Insertable } from "kysely";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import { priceReturned } from "../../domain/payments/charge.ts";
import { releaseFact } from "../../domain/payments/ledger.ts";
import { addOnOf } from "../../domain/payments/payment.ts";
import type { Refund } from "../../domain/payments/refund.ts";
import type { Instant } from "../../domain/time.ts";
import { enterAddOn } from "../access/add-ons.ts";
import { assignDeviceRights } from "../access/device-rights.ts";
import { enterTime, loadTime, returnOf, type TimeBooked } from "../access/time-lots.ts";
import type { Queries, Schema } from "../orm.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";
import { bookFacts, loadReserves } from "./ledger.ts";
import { findOrder } from "./orders.ts";
import type { LockedPayment } from "./payment-facts.ts";

type Level = Parameters<typeof priceReturned>[0];

/**
 * Adjusts the time, or the add-on, to how much of the price is returned, or about to be.
 * @returns undefined when the time did not change.
 */
export async function moveLevel(
  db: Queries,
  { order, subscription }: LockedPayment,
  { from, to }: { readonly from: Level; readonly to: Level },
  now: Instant,
): Promise<TimeBooked | undefined> {
  const level = priceReturned(to);
  if (level === priceReturned(from)) return undefined;
  const addOn = addOnOf(order);
  if (addOn !== undefined) {
    const change = { order, addOn, subscription, isGranted: false, returnedMinor: level, now };
    await writeTogether(db, await enterAddOn(db, change));
    await assignDeviceRights(db, subscription.id, now);
    return undefined;
  }
  const known = await loadTime(db, subscription.id);
  const entries = [returnOf(known, order, level, now)];
  const nothing = { plan: undefined, zone: "UTC" };
  const { booked, writes } = enterTime(subscription, { known, entries, ...nothing });
  await writeTogether(db, writes);
  return booked;
}

/** Returns what is still reserved for a refund to the customer's balance. */
export async function release(
  db: Queries,
  { order }: LockedPayment,
  { requestId, currency }: { readonly requestId: string; readonly currency: Money["currency"] },
): Promise<void> {
  const left = (await loadReserves(db, order.id)).get(requestId) ?? 0;
  if (left === 0) return;
  await bookFacts(db, order.id, [releaseFact(requestId, order.customerId, money(left, currency))]);
}

const selectRefunds = (db: Queries) =>
  db
    .selectFrom("refunds")
    .select(["requestId", "paymentId", "reference", "minor", "upToMinor", "currency"])
    .select(["creditMinor", "requestedBy", "reason", "transaction", "state"]);

/** The writes of refunds that are opened, in the given order. */
export const refundWrites = (rows: readonly Insertable<Schema["refunds"]>[]): Write[] =>
  rows.length === 0 ? [] : [{ query: (db) => insertRows(db, "refunds", rows) }];

/** A refund that is still under way. */
export const findOpen = (db: Queries, requestId: string) =>
  selectRefunds(db)
    .where("requestId", "=", requestId)
    .where("state", "in", ["asked", "approved"])
    .executeTakeFirst();

/** Records how a refund ended. */
export async function closeRefund(
  db: Queries,
  requestId: string,
  {
    state,
    why,
    now,
  }: {
    readonly state: "rejected" | "returned" | "refused";
    readonly why?: string;
    readonly now: Instant;
  },
): Promise<void> {
  await db
    .updateTable("refunds")
    .set({ state, why: why ?? null, closedAt: new Date(now) })
    .where("requestId", "=", requestId)
    .execute();
}

/** A refund in any state. */
export async function findRefund(db: Queries, requestId: string): Promise<Refund | undefined> {
  const row = await selectRefunds(db).where("requestId", "=", requestId).executeTakeFirst();
  const known = row && (await findOrder(db, row.paymentId as Refund["order"]["id"]));
  if (row === undefined || known === undefined) return undefined;
  const { reference, minor, currency, reason, state, requestedBy, transaction } = row;
  const by = requestedBy === null ? undefined : telegramId(requestedBy);
  return {
    requestId,
    order: known.order,
    reference,
    amount: money(minor, currency),
    reason,
    ...(transaction === null ? {} : { transaction }),
    by,
    state,
  };
}
