import { customerId, type SubscriptionId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { invoiceChanged } from "../../domain/messaging/message.ts";
import { money } from "../../domain/money.ts";
import {
  type Extra,
  gatewayName,
  type PaymentId,
  type PaymentOrder,
  type StoredOrder,
} from "../../domain/payments/payment.ts";
import type { PlanCode, PlanTerms } from "../../domain/payments/plan.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";

/** The columns that say what an order is for: `extraOf` and `planTermsOf` read them. */
export const itemColumns = [
  "p.id",
  "p.extra",
  "p.extraBytes",
  "p.extraUntil",
  "p.plan",
  "p.planVersion",
  "p.days",
  "p.deviceLimit",
] as const;

/** The columns of an order and its customer, which never change after it is created. */
export const orderColumns = [
  ...itemColumns,
  "p.customerId",
  "p.subscriptionId",
  "p.gateway",
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

/**
 * A row as the domain's order.
 * @throws Error where the row is for nothing, which the table refuses.
 */
export function orderOf(
  row: Omit<OrderRow, "state" | "invoice" | "invoiceReference">,
): PaymentOrder {
  const terms = planTermsOf(row);
  const extra = extraOf(row);
  const facts = {
    id: row.id as PaymentId,
    customerId: customerId(row.customerId),
    telegramId: telegramId(row.telegramId),
    subscriptionId: subscriptionId(row.subscriptionId),
    gateway: gatewayName(row.gateway),
    price: money(row.priceMinor, row.currency),
    memo: row.memo,
    openedAt: instant(row.openedAt),
    lapsesAt: instant(row.lapsesAt),
    ...(row.recurs === null ? {} : { recurs: row.recurs }),
  };
  if (terms !== undefined) return { ...facts, terms };
  if (extra !== undefined) return { ...facts, extra };
  throw new Error(`order ${row.id} is for nothing`);
}

/** The columns about something beside the plans. */
type ExtraColumns = Pick<OrderRow, "id" | "extra" | "extraBytes" | "extraUntil">;

/**
 * What an order is for beside the plans; undefined: a plan.
 * @throws Error where the row lacks what its kind has, which the table refuses.
 */
export function extraOf({
  id,
  extra: kind,
  extraBytes,
  extraUntil,
}: ExtraColumns): Extra | undefined {
  if (kind === null) return undefined;
  if (kind === "topUp") return { kind };
  if (kind === "traffic" && extraBytes !== null) return { kind, bytes: extraBytes };
  if (kind === "device" && extraUntil !== null) return { kind, until: instant(extraUntil) };
  throw new Error(`order ${id} does not say what it adds`);
}

/** The columns about the plan of an order. */
type PlanColumns = Pick<OrderRow, "plan" | "planVersion" | "days" | "deviceLimit">;

/** The plan that an order is for; undefined: it is for something else. */
export function planTermsOf(row: PlanColumns): PlanTerms | undefined {
  const { plan, planVersion: version, days, deviceLimit } = row;
  if (plan === null || version === null || days === null || deviceLimit === null) return undefined;
  return { code: plan as PlanCode, version, days, deviceLimit };
}

/** Whose open orders are closed, and when. */
interface ClosedOrders {
  readonly customer: { readonly id: string; readonly telegramId: number };
  /** Undefined: those of all their subscriptions. */
  readonly subscription?: SubscriptionId;
  readonly now: Instant;
}

/** Closes what a blocked customer must not pay any more, and says so in the orders' messages. */
export async function closeOpenOrders(
  db: Queries,
  { customer: { id, telegramId: to }, subscription, now }: ClosedOrders,
): Promise<void> {
  const closed = await db
    .updateTable("payments")
    .set({ state: "cancelled", closedAt: new Date(now) })
    .where("customerId", "=", id)
    .where("state", "=", "open")
    .$if(subscription !== undefined, (query) =>
      query.where("subscriptionId", "=", subscription as string),
    )
    .returning("id")
    .execute();
  const changed = closed.map((row) =>
    invoiceChanged(telegramId(to), row.id as PaymentId, "blocked"),
  );
  await enqueue(db, changed);
}
