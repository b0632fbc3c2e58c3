import { type EntityManager, type Queries, queriesOf } from "../../db/orm.ts";
import { chargeOf } from "../../db/payments/payment-facts.ts";
import type { LotKind } from "../../domain/access/time-lots.ts";
import { type SubscriptionId, subscriptionId, type TelegramId } from "../../domain/ids.ts";
import type { Currency } from "../../domain/money.ts";
import { type Charge, priceShare } from "../../domain/payments/charge.ts";
import type { PaymentState, Recurrence } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";

interface BookedPayment {
  readonly id: string;
  /** Null: it is for no plan. */
  readonly plan: string | null;
  readonly extra: string | null;
  readonly gateway: string;
  readonly state: PaymentState;
  readonly priceMinor: number;
  readonly currency: Currency;
  readonly recurs: Recurrence | null;
  readonly charges: readonly Charge[];
}

/** A time lot that gave time. */
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
  readonly action: "send" | "edit" | "show";
  readonly state: string;
  readonly messageId: number | null;
  readonly tries: number;
}

/** The time of one subscription. */
export interface BookedTime {
  readonly id: SubscriptionId;
  /** In the order in which they were booked, without what refunds took. */
  readonly lots: readonly BookedLot[];
  readonly lastBookedAt: Instant | undefined;
  readonly paidUntil: Instant | undefined;
}

/** What the database has of one customer. */
export interface CustomerBooks {
  readonly payments: readonly BookedPayment[];
  /** All of them, also those that were never paid for. */
  readonly subscriptions: readonly BookedTime[];
  /** At least one is. */
  readonly isRevoked: boolean;
  readonly isBlocked: boolean;
  readonly refunds: readonly BookedRefund[];
  /** The sums of accounts by currency, in minor units; what we owe is positive. */
  readonly balance: Readonly<Record<string, number>>;
  readonly reserved: Readonly<Record<string, number>>;
  /** What we bore: refunds of balance that had already been spent. */
  readonly borneByUs: Readonly<Record<string, number>>;
  readonly messages: readonly BookedMessage[];
  /** Ids of accesses that have been on a host and are not retired. */
  readonly keys: readonly string[];
}

/** Reads one customer's rows. `em` is the owner's, so that no rule of the product hides a row. */
export async function readBooks(em: EntityManager, person: TelegramId): Promise<CustomerBooks> {
  const db = queriesOf(em.fork());
  const { id, status } = await db
    .selectFrom("customers")
    .select(["id", "status"])
    .where("telegramId", "=", person as number)
    .executeTakeFirstOrThrow();
  const subscriptions = await db
    .selectFrom("subscriptions")
    .select(["id", "paidUntil", "revokedAt"])
    .where("customerId", "=", id)
    .orderBy("number")
    .orderBy("id")
    .execute();
  const payments = await readPayments(db, id);
  const ids = payments.map((payment) => payment.id);
  const refunds = await readRefunds(db, ids);
  return {
    payments,
    subscriptions: await Promise.all(subscriptions.map((one) => readTime(db, one))),
    isRevoked: subscriptions.some(({ revokedAt }) => revokedAt !== null),
    isBlocked: status === "blocked",
    refunds,
    balance: await sumAccounts(db, [`customer:${id}`]),
    reserved: await sumAccounts(
      db,
      refunds.map(({ requestId }) => `reserved:${requestId}`),
    ),
    borneByUs: await sumBorneByUs(db, ids),
    messages: await readMessages(db, person),
    keys: await readKeys(
      db,
      subscriptions.map((one) => one.id),
    ),
  };
}

async function readTime(
  db: Queries,
  { id, paidUntil }: { readonly id: string; readonly paidUntil: Date | null },
): Promise<BookedTime> {
  const lots = await db
    .selectFrom("time_lots")
    .select(["cause", "kind", "ms", "at"])
    .where("subscriptionId", "=", id)
    .orderBy("seq")
    .execute();
  const last = lots.at(-1)?.at;
  return {
    id: subscriptionId(id),
    lots: lots.flatMap(({ kind, ...lot }) =>
      kind === "refund" ? [] : [{ ...lot, kind, at: instant(lot.at) }],
    ),
    lastBookedAt: last === undefined ? undefined : instant(last),
    paidUntil: paidUntil === null ? undefined : instant(paidUntil),
  };
}

/** The part of a charge, in minor units, that bought time and was not returned. */
export const keptOf = (charge: Charge): number =>
  charge.priceMinor - priceShare(charge, charge.returnedMinor);

async function readPayments(db: Queries, customer: string): Promise<BookedPayment[]> {
  const rows = await db
    .selectFrom("payments")
    .select(["id", "plan", "extra", "gateway", "state", "priceMinor", "currency", "recurs"])
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

/** Reads the refunds of these payments. */
export async function readRefunds(
  db: Queries,
  payments: readonly string[],
): Promise<BookedRefund[]> {
  if (payments.length === 0) return [];
  return db
    .selectFrom("refunds")
    .select(["requestId", "reference", "state"])
    .where("paymentId", "in", [...payments])
    .execute();
}

async function sumAccounts(
  db: Queries,
  accounts: readonly string[],
): Promise<Record<string, number>> {
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

async function sumBorneByUs(
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

const readMessages = (db: Queries, person: TelegramId): Promise<BookedMessage[]> =>
  db
    .selectFrom("messages")
    .select(["key", "action", "state", "messageId", "tries"])
    .where("telegramId", "=", person as number)
    .execute();

async function readKeys(db: Queries, subscriptions: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom("accesses")
    .select("id")
    .where("subscriptionId", "in", [...subscriptions])
    .where("givenAt", "is not", null)
    .where("retiredAt", "is", null)
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether the customer has time and a key on its way to a host that answers and has room. */
export async function isKeyOnItsWay(em: EntityManager, person: TelegramId): Promise<boolean> {
  const rows: object[] = await em.fork().execute(
    `select 1
       from accesses a
       join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id
       join hosts h on h.id = coalesce(a.host_id, h.id)
      where c.telegram_id = ? and c.status <> 'blocked'
        and s.revoked_at is null and s.paid_until > now()
        and a.given_at is null and a.refusal is null
        and a.retired_at is null and a.removed_at is null
        and h.away_since is null
        and (a.host_id is not null or h.capacity >
             (select count(*) from accesses o where o.host_id = h.id and o.removed_at is null))`,
    [person],
  );
  return rows.length > 0;
}
