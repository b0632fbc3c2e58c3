import { customerId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import {
  gatewayName,
  type PaymentId,
  type PaymentOrder,
  type StoredOrder,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";

/** The columns of an order and its customer, which never change after it is created. */
export const orderColumns = [
  "p.id",
  "p.customerId",
  "p.subscriptionId",
  "p.gateway",
  "p.plan",
  "p.planVersion",
  "p.days",
  "p.deviceLimit",
  "p.priceMinor",
  "p.currency",
  "p.memo",
  "p.recurs",
  "p.openedAt",
  "p.lapsesAt",
  "c.telegramId",
] as const;

/** The query of orders, to be narrowed by the caller. */
export const selectOrders = (db: Queries) =>
  db
    .selectFrom("payments as p")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select([...orderColumns, "p.state", "p.invoice", "p.invoiceReference"]);

type OrderRow = Awaited<ReturnType<ReturnType<typeof selectOrders>["execute"]>>[number];

/** An order with its current state and invoice. */
export async function findOrder(db: Queries, id: PaymentId): Promise<StoredOrder | undefined> {
  const row = await selectOrders(db)
    .where("p.id", "=", id as string)
    .executeTakeFirst();
  return row && { order: orderOf(row), state: row.state, invoice: row.invoice ?? undefined };
}

/** A row as the domain's order. */
export function orderOf(
  row: Omit<OrderRow, "state" | "invoice" | "invoiceReference">,
): PaymentOrder {
  return {
    id: row.id as PaymentId,
    customerId: customerId(row.customerId),
    telegramId: telegramId(row.telegramId),
    subscriptionId: subscriptionId(row.subscriptionId),
    gateway: gatewayName(row.gateway),
    terms: {
      code: row.plan as PlanCode,
      version: row.planVersion,
      days: row.days,
      deviceLimit: row.deviceLimit,
    },
    price: money(row.priceMinor, row.currency),
    memo: row.memo,
    openedAt: instant(row.openedAt),
    lapsesAt: instant(row.lapsesAt),
    ...(row.recurs === null ? {} : { recurs: row.recurs }),
  };
}
