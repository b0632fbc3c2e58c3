import { customerId, type TelegramId, telegramId } from "../../domain/ids.ts";
import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import type { Money } from "../../domain/money.ts";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { loadBalanceAmounts } from "../payments/ledger.ts";
import { findOrigin, type UnmatchedOrigin } from "../queries/payments/unmatched.ts";
import type { PersonName } from "./message-facts.ts";

/** The customer of a payment, and what they have now of what it is for. */
export interface PaymentOwner extends PersonName {
  readonly telegramId: TelegramId;
  /** When its time ends, or has ended; undefined: they have no access, whatever they paid. */
  readonly paidUntil: Instant | undefined;
  /** Without zeros. */
  readonly balances: readonly Money[];
}

/** What an admin reads in a notice beside what it holds itself. */
export interface AdminNoticeFacts {
  readonly owner?: PaymentOwner;
  readonly person?: PersonName;
  readonly origin?: UnmatchedOrigin;
}

/** What the books say now of a notice's payment. */
export async function findNoticeFacts(db: Queries, notice: AdminNotice): Promise<AdminNoticeFacts> {
  if ("paymentId" in notice && notice.paymentId !== undefined) {
    const owner = await findOwner(db, notice.paymentId);
    return owner === undefined ? {} : { owner };
  }
  if (notice.kind === "answerNotDelivered") return findPerson(db, notice.customer);
  if (notice.kind !== "unmatchedMoney" || notice.reference === undefined) return {};
  const origin = await findOrigin(db, notice.gateway, notice.reference);
  return origin === undefined ? {} : { origin };
}

async function findPerson(db: Queries, of: TelegramId): Promise<AdminNoticeFacts> {
  const row = await db
    .selectFrom("customers")
    .select(["firstName", "lastName"])
    .where("telegramId", "=", of as number)
    .executeTakeFirst();
  if (row === undefined) return {};
  return { person: { firstName: row.firstName, lastName: row.lastName ?? undefined } };
}

async function findOwner(db: Queries, id: PaymentId): Promise<PaymentOwner | undefined> {
  const row = await db
    .selectFrom("payments as p")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .innerJoin("subscriptions as s", "s.id", "p.subscriptionId")
    .select(["c.id", "c.telegramId", "c.firstName", "c.lastName", "c.status"])
    .select(["s.paidUntil", "s.revokedAt"])
    .where("p.id", "=", id as string)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { firstName, lastName, status, paidUntil, revokedAt } = row;
  const isOut = status === "blocked" || revokedAt !== null || paidUntil === null;
  return {
    telegramId: telegramId(row.telegramId),
    firstName,
    lastName: lastName ?? undefined,
    paidUntil: isOut ? undefined : instant(paidUntil),
    balances: await loadBalanceAmounts(db, customerId(row.id)),
  };
}
