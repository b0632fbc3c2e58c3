import { duplicateRefundId } from "../../domain/derived-ids.ts";
import { money } from "../../domain/money.ts";
import { duplicateRefundsOf, isDuplicate } from "../../domain/payments/duplicate-charges.ts";
import type { Effect } from "../../domain/payments/effect.ts";
import { type BookedFact, reserveFact } from "../../domain/payments/ledger.ts";
import type { PaymentFacts } from "../../domain/payments/payment-facts.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyOf } from "../prepared.ts";
import type { Write } from "../together.ts";
import { refundWrites } from "./refund-rows.ts";

interface DecidedEvents {
  readonly effects: readonly Effect[];
  /** The charges after all of them: what has been returned by then is not refunded again. */
  readonly after: Pick<PaymentFacts, "charges">;
}

/**
 * Open refunds of payments that came twice: the answer of the step
 * that opened them may have been lost.
 */
export async function findOpenDuplicateRefunds(
  db: Queries,
  { gateway }: PaymentOrder,
  known: readonly Effect[],
): Promise<string[]> {
  const ids = known
    .filter(isDuplicate)
    .map(({ reference }) => duplicateRefundId(gateway, reference));
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("refunds")
    .select("requestId")
    .where("requestId", "=", anyOf(ids))
    .where("state", "in", ["asked", "approved"])
    .execute();
  return rows.map(({ requestId }) => requestId);
}

/** Refunds that open automatically, and what is reserved for them. */
export interface DuplicateRefundWrites {
  readonly rows: readonly { readonly requestId: string }[];
  readonly writes: readonly Write[];
  readonly facts: readonly BookedFact[];
}

/**
 * Refunds payments that came twice automatically.
 * The money is reserved at once, so that it is not spent meanwhile.
 */
export function duplicateRefundWrites(
  order: PaymentOrder,
  { effects, after }: DecidedEvents,
  now: Instant,
): DuplicateRefundWrites {
  const rows = duplicateRefundsOf(effects, after.charges).map(({ reference, paid, left }) => ({
    requestId: duplicateRefundId(order.gateway, reference),
    paymentId: order.id,
    gateway: order.gateway,
    reference,
    minor: left.minor,
    upToMinor: paid.minor,
    currency: left.currency,
    priceMinor: 0,
    creditMinor: left.minor,
    requestedBy: null,
    reason: "the invoice was paid twice",
    state: "approved" as const,
    askedAt: new Date(now),
  }));
  const facts = rows.map((row) =>
    reserveFact(row.requestId, order.customerId, money(row.creditMinor, row.currency)),
  );
  const writes = refundWrites(rows);
  return { rows, writes, facts };
}
