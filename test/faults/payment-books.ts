import { type EntityManager, type Queries, queriesOf } from "../../db/orm.ts";
import { chargeOf } from "../../db/payments/payment-facts.ts";
import type { LotKind } from "../../domain/access/time-lots.ts";
import type { TelegramId } from "../../domain/ids.ts";
import type { Currency } from "../../domain/money.ts";
import { type Charge, priceShare } from "../../domain/payments/charge.ts";
import type { PaymentState } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";

interface BookedPayment {
  readonly id: string;
  readonly plan: string;
  readonly gateway: string;
  readonly state: PaymentState;
  readonly priceMinor: number;
  readonly currency: Currency;
  readonly charges: readonly Charge[];
}

export interface BookedLot {
  readonly cause: string;
  readonly kind: Exclude<LotKind, "refund">;
  readonly ms: number;
  readonly at: Instant;
}

interface BookedRefund {
  readonly requestId: string;
  readonly reference: string;
  readonly state: string;
}

interface BookedMessage {
  readonly key: string;
  readonly action: "send" | "edit";
  readonly state: string;
  readonly messageId: number | null;
  readonly tries: number;
}

/** All that the books say of one customer. */
export interface CustomerBooks {
  readonly payments: readonly BookedPayment[];
  /** In the order in which they were booked, without returns. */
  readonly lots: readonly BookedLot[];
  readonly lastBookedAt: Instant | undefined;
  readonly paidUntil: Instant | undefined;
  readonly isRevoked: boolean;
  readonly isBlocked: boolean;
  readonly refunds: readonly BookedRefund[];
  /** What accounts come to, by currency, in minor units; what we owe is positive. */
  readonly balance: Readonly<Record<string, number>>;
  readonly reserved: Readonly<Record<string, number>>;
  /** What the shop bore: returns that it made itself of balance that was spent. */
  readonly borneByShop: Readonly<Record<string, number>>;
  readonly messages: readonly BookedMessage[];
  /** Accesses that a host has had and that still live. */
  readonly keys: readonly string[];
}

/** Reads as the owner: what the product's own readers would leave out is seen too. */
export async function booksOf(em: EntityManager, person: TelegramId): Promise<CustomerBooks> {
  const db = queriesOf(em.fork());
  const customer = await db
    .selectFrom("customers as c")
    .innerJoin("subscriptions as s", "s.customerId", "c.id")
    .select(["c.id", "c.status", "s.id as subscriptionId", "s.paidUntil", "s.revokedAt"])
    .where("c.telegramId", "=", person as number)
    .executeTakeFirstOrThrow();
  const { id, status, subscriptionId, paidUntil, revokedAt } = customer;
  const payments = await paymentsOf(db, id);
  const ids = payments.map((payment) => payment.id);
  const lots = await db
    .selectFrom("time_lots")
    .select(["cause", "kind", "ms", "at"])
    .where("subscriptionId", "=", subscriptionId)
    .orderBy("seq")
    .execute();
  const refunds = await refundsOf(db, ids);
  const last = lots.at(-1)?.at;
  return {
    payments,
    lots: lots.flatMap(({ kind, ...lot }) =>
      kind === "refund" ? [] : [{ ...lot, kind, at: instant(lot.at) }],
    ),
    lastBookedAt: last === undefined ? undefined : instant(last),
    paidUntil: paidUntil === null ? undefined : instant(paidUntil),
    isRevoked: revokedAt !== null,
    isBlocked: status === "blocked",
    refunds,
    balance: await owed(db, [`customer:${id}`]),
    reserved: await owed(
      db,
      refunds.map(({ requestId }) => `reserved:${requestId}`),
    ),
    borneByShop: await borneByShop(db, ids),
    messages: await messagesTo(db, person),
    keys: await keysOf(db, subscriptionId),
  };
}

/** What of a charge has bought time and is not back. */
export const keptOf = (charge: Charge): number =>
  charge.priceMinor - priceShare(charge, charge.returnedMinor);

async function paymentsOf(db: Queries, customer: string): Promise<BookedPayment[]> {
  const rows = await db
    .selectFrom("payments")
    .select(["id", "plan", "gateway", "state", "priceMinor", "currency"])
    .where("customerId", "=", customer)
    .orderBy("openedAt")
    .execute();
  const charges = await db
    .selectFrom("charges as h")
    .innerJoin("payments as p", "p.id", "h.paymentId")
    .select(["h.paymentId", "h.reference", "h.paidMinor", "h.currency", "h.returnedMinor"])
    .select(["h.priceMinor", "h.returnedBeforeMinor", "h.use"])
    .where("p.customerId", "=", customer)
    .execute();
  return rows.map((row) => ({
    ...row,
    charges: charges.filter(({ paymentId }) => paymentId === row.id).map(chargeOf),
  }));
}

/** Refunds of these payments. */
export async function refundsOf(db: Queries, payments: readonly string[]): Promise<BookedRefund[]> {
  if (payments.length === 0) return [];
  return db
    .selectFrom("refunds")
    .select(["requestId", "reference", "state"])
    .where("paymentId", "in", [...payments])
    .execute();
}

async function owed(db: Queries, accounts: readonly string[]): Promise<Record<string, number>> {
  if (accounts.length === 0) return {};
  const rows = await db
    .selectFrom("ledger_entries")
    .select("currency")
    .select((of) => of.fn.sum<string>("minor").as("sum"))
    .where("account", "in", [...accounts])
    .groupBy("currency")
    .execute();
  return Object.fromEntries(rows.map(({ currency, sum }) => [currency, -Number(sum)]));
}

async function borneByShop(
  db: Queries,
  payments: readonly string[],
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  if (payments.length === 0) return sums;
  const rows = await db
    .selectFrom("decisions")
    .select("effects")
    .where("paymentId", "in", [...payments])
    .execute();
  for (const effect of rows.flatMap(({ effects }) => effects)) {
    if (effect.kind !== "returned") continue;
    const { minor, currency } = effect.ofShop;
    sums[currency] = (sums[currency] ?? 0) + minor;
  }
  return sums;
}

const messagesTo = (db: Queries, person: TelegramId): Promise<BookedMessage[]> =>
  db
    .selectFrom("messages")
    .select(["key", "action", "state", "messageId", "tries"])
    .where("telegramId", "=", person as number)
    .execute();

async function keysOf(db: Queries, subscriptionId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("accesses")
    .select("id")
    .where("subscriptionId", "=", subscriptionId)
    .where("givenAt", "is not", null)
    .where("retiredAt", "is", null)
    .execute();
  return rows.map(({ id }) => id);
}
