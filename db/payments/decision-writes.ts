import type { Effect } from "../../domain/payments/effect.ts";
import type { PaymentOrder, PaymentState } from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import { insertRows } from "../rows.ts";
import type { Write } from "../together.ts";

/** The writes of decisions, by the keys of their events. */
export function decisionWrites(
  { id }: PaymentOrder,
  decisions: readonly { readonly key: string; readonly effects: readonly Effect[] }[],
): Write[] {
  const rows = decisions.map(({ key, effects }) => ({ key, paymentId: id as string, effects }));
  return [{ query: (db) => insertRows(db, "decisions", rows) }];
}

/** The writes of a payment's new state; none if it is unchanged. */
export function stateWrites(
  { id }: PaymentOrder,
  {
    from,
    to,
    now,
  }: { readonly from: PaymentState; readonly to: PaymentState; readonly now: Instant },
): Write[] {
  if (from === to) return [];
  const query: Write["query"] = (db) =>
    db
      .updateTable("payments")
      .set((update) => ({
        state: to,
        closedAt: update.fn.coalesce("closedAt", update.val(new Date(now))),
      }))
      .where("id", "=", id as string);
  return [{ query }];
}

/** The writes by which paid time lets in a customer who was suspended for leaving a channel. */
export const letInWrites = ({ customerId }: PaymentOrder): Write[] => [
  {
    query: (db) =>
      db
        .updateTable("customers")
        .set({ leftChannelsAt: null, suspendedAt: null })
        .where("id", "=", customerId as string),
  },
];
