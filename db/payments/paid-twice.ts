import { createHash } from "node:crypto";
import { type Currency, type Money, money } from "../../domain/money.ts";
import type { Charge } from "../../domain/payments/charge.ts";
import type { Effect, PaymentFacts } from "../../domain/payments/decision.ts";
import { type BookedFact, reserved } from "../../domain/payments/ledger.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyOf } from "../prepared.ts";
import { insertRows } from "../rows.ts";
import type { Write } from "../together.ts";

interface DecidedEvents {
  readonly effects: readonly Effect[];
  /** The charges after all of them: what has been returned by then is not refunded again. */
  readonly after: Pick<PaymentFacts, "charges">;
}

/**
 * Open refunds of payments that came twice: the answer of the step that opened
 * them may have been lost.
 */
export async function findOpenTwice(
  db: Queries,
  order: PaymentOrder,
  known: readonly Effect[],
): Promise<string[]> {
  const twice = known.filter(isPaidTwice).map(({ reference }) => twiceRequest(order, reference));
  if (twice.length === 0) return [];
  const rows = await db
    .selectFrom("refunds")
    .select("requestId")
    .where("requestId", "=", anyOf(twice))
    .where("state", "in", ["asked", "approved"])
    .execute();
  return rows.map(({ requestId }) => requestId);
}

/** Refunds that open automatically, and what is reserved for them. */
export interface TwiceRefunds {
  readonly rows: readonly { readonly requestId: string }[];
  readonly writes: readonly Write[];
  readonly facts: readonly BookedFact[];
}

const isPaidTwice = (effect: Effect): effect is Extract<Effect, { kind: "credited" }> =>
  effect.kind === "credited" && effect.why === "paidTwice";

/** How much of a charge is not returned; undefined: nothing is left. */
function leftOf(charge: Charge | undefined): Money | undefined {
  if (charge?.paid === undefined) return undefined;
  const minor = charge.paid.minor - charge.returnedMinor;
  return minor <= 0 ? undefined : money(minor, charge.paid.currency);
}

/**
 * The sums that a batch will reserve for charges that came twice, kept while the batch is
 * decided. They are updated event by event: recomputing them for each of thousands of
 * events would be quadratic.
 */
export class TwiceReserves {
  readonly #left = new Map<string, Money>();
  readonly #sums = new Map<Currency, number>();

  /** The facts for one charge: what is reserved for others is not in its balance. */
  beside(facts: PaymentFacts, reference: string | undefined): PaymentFacts {
    if (this.#left.size === 0) return facts;
    const own = reference === undefined ? undefined : this.#left.get(reference);
    const balances = { ...facts.balances };
    for (const [currency, sum] of this.#sums) {
      const ofOthers = sum - (own?.currency === currency ? own.minor : 0);
      balances[currency] = (balances[currency] ?? 0) - ofOthers;
    }
    return { ...facts, balances };
  }

  /** Records the decision about an event of a charge; `after` are the facts with its effects. */
  record(reference: string, effects: readonly Effect[], after: PaymentFacts): void {
    const before = this.#left.get(reference);
    if (before === undefined && !effects.some(isPaidTwice)) return;
    if (before !== undefined) this.#add(money(-before.minor, before.currency));
    const left = leftOf(after.charges.find((charge) => charge.reference === reference));
    if (left === undefined) return void this.#left.delete(reference);
    this.#add(left);
    this.#left.set(reference, left);
  }

  #add({ minor, currency }: Money): void {
    this.#sums.set(currency, (this.#sums.get(currency) ?? 0) + minor);
  }
}

/**
 * Refunds payments that came twice automatically. The money is reserved at once, so that it is
 * not spent meanwhile.
 */
export function twiceRefunds(
  order: PaymentOrder,
  { effects, after }: DecidedEvents,
  now: Instant,
): TwiceRefunds {
  const charges = new Map(after.charges.map((charge) => [charge.reference, charge]));
  const rows = effects.filter(isPaidTwice).flatMap(({ reference, paid }) => {
    const left = leftOf(charges.get(reference));
    if (left === undefined) return [];
    return {
      requestId: twiceRequest(order, reference),
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
    };
  });
  const facts = rows.map((row) =>
    reserved(row.requestId, order.customerId, money(row.creditMinor, row.currency)),
  );
  const writes =
    rows.length === 0 ? [] : [{ query: (db: Queries) => insertRows(db, "refunds", rows) }];
  return { rows, writes, facts };
}

/** The request id of the refund of a charge that came twice. */
export const twiceRequest = ({ gateway }: PaymentOrder, reference: string): string => {
  const digest = createHash("sha256").update(`${gateway}/${reference}`).digest("hex");
  return `twice-${digest.slice(0, 32)}`;
};
