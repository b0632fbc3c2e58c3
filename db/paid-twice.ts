import { createHash } from "node:crypto";
import type { Effect, PaymentFacts } from "../domain/decision.ts";
import { type BookedFact, reserved } from "../domain/ledger.ts";
import { money } from "../domain/money.ts";
import type { PaymentOrder } from "../domain/payment.ts";
import type { Instant } from "../domain/time.ts";
import type { Queries } from "./orm.ts";
import { anyOf } from "./prepared.ts";
import { insertRows } from "./rows.ts";
import type { Write } from "./together.ts";

interface DecidedEvents {
  readonly effects: readonly Effect[];
  /** When all of them are decided: what is back by then does not go back again. */
  readonly after: Pick<PaymentFacts, "charges">;
}

/** Refunds of money that came twice which a step has opened whose answer was lost. */
export async function openTwice(
  db: Queries,
  order: PaymentOrder,
  known: readonly Effect[],
): Promise<string[]> {
  const twice = known.flatMap((effect) =>
    effect.kind === "credited" && effect.why === "paidTwice"
      ? [twiceRequest(order, effect.reference)]
      : [],
  );
  if (twice.length === 0) return [];
  const rows = await db
    .selectFrom("refunds")
    .select("requestId")
    .where("requestId", "=", anyOf(twice))
    .where("state", "in", ["asked", "approved"])
    .execute();
  return rows.map(({ requestId }) => requestId);
}

/** Refunds that open by themselves, and what is set aside for them. */
export interface TwiceRefunds {
  readonly rows: readonly { readonly requestId: string }[];
  readonly writes: readonly Write[];
  readonly facts: readonly BookedFact[];
}

/** Charges of these effects that came twice, with what of them is not back. */
function cameTwice({ effects, after }: DecidedEvents) {
  const charges = new Map(after.charges.map((charge) => [charge.reference, charge]));
  return effects.flatMap((effect) => {
    if (effect.kind !== "credited" || effect.why !== "paidTwice") return [];
    const charge = charges.get(effect.reference);
    const left = (charge?.paid?.minor ?? 0) - (charge?.returnedMinor ?? 0);
    return charge?.paid === undefined || left <= 0 ? [] : [{ charge, paid: charge.paid, left }];
  });
}

/**
 * The facts as another charge sees them while a batch is decided: what the batch will set aside for charges that came
 * twice is not there to be taken.
 */
export function besideTwice(
  facts: PaymentFacts,
  effects: readonly Effect[],
  reference: string | undefined,
): PaymentFacts {
  const balances = { ...facts.balances };
  for (const { charge, paid, left } of cameTwice({ effects, after: facts })) {
    if (charge.reference === reference) continue;
    balances[paid.currency] = (balances[paid.currency] ?? 0) - left;
  }
  return { ...facts, balances };
}

/** Money that came twice goes back by itself: it is set aside at once, so that nobody spends it meanwhile. */
export function twiceRefunds(
  order: PaymentOrder,
  decided: DecidedEvents,
  now: Instant,
): TwiceRefunds {
  const rows = cameTwice(decided).map(
    ({ charge: { reference }, paid: { minor, currency }, left }) => ({
      requestId: twiceRequest(order, reference),
      paymentId: order.id as string,
      gateway: order.gateway as string,
      reference,
      minor: left,
      upToMinor: minor,
      currency,
      priceMinor: 0,
      creditMinor: left,
      requestedBy: null,
      reason: "the invoice was paid twice",
      state: "approved" as const,
      askedAt: new Date(now),
    }),
  );
  const facts = rows.map((row) =>
    reserved(row.requestId, order.customerId, money(row.creditMinor, row.currency)),
  );
  const writes =
    rows.length === 0 ? [] : [{ query: (db: Queries) => insertRows(db, "refunds", rows) }];
  return { rows, writes, facts };
}

/** Names the refund of a charge that came twice. */
export const twiceRequest = ({ gateway }: PaymentOrder, reference: string): string => {
  const digest = createHash("sha256").update(`${gateway}/${reference}`).digest("hex");
  return `twice-${digest.slice(0, 32)}`;
};
