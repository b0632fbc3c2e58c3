import type { Charge } from "../../domain/payments/charge.ts";
import type { GatewayReport, PaymentOrder } from "../../domain/payments/payment.ts";
import { insertRows } from "../rows.ts";
import type { Write } from "../together.ts";

/** A payment's charges before and after a batch was decided. */
export interface ChargeChanges {
  readonly before: readonly Charge[];
  readonly after: readonly Charge[];
  /** The decided reports, in order. */
  readonly reports: readonly GatewayReport[];
}

/**
 * The writes of the charges that have changed. They fail when another transaction has meanwhile
 * booked one of them for another payment: decide again.
 */
export function chargeWrites(order: PaymentOrder, changes: ChargeChanges): Write[] {
  const known = new Set(changes.before);
  const changed = changes.after.filter((charge) => !known.has(charge));
  if (changed.length === 0) return [];
  const { reports } = changes;
  const payments = firstOfEach(reports.filter((report) => report.kind === "paid"));
  const returns = firstOfEach(reports.filter((report) => "returned" in report));
  const rows = changed.map(
    ({ reference, paid, returnedMinor, priceMinor, returnedBeforeMinor, use }) => {
      const payment = payments.get(reference);
      return {
        gateway: order.gateway,
        reference,
        paymentId: order.id,
        paidMinor: paid?.minor ?? null,
        currency:
          paid?.currency ?? returns.get(reference)?.returned.currency ?? order.price.currency,
        returnedMinor,
        priceMinor,
        returnedBeforeMinor,
        use,
        paidAt: payment ? new Date(payment.at) : null,
        feeMinor: payment?.fee?.minor ?? null,
        sender: payment?.sender ?? null,
        comment: payment?.comment ?? null,
      };
    },
  );
  const query: Write["query"] = (db) =>
    insertRows(db, "charges", rows).onConflict((row) =>
      row
        .columns(["gateway", "reference"])
        .doUpdateSet((update) => ({
          paidMinor: update.ref("excluded.paidMinor"),
          currency: update.ref("excluded.currency"),
          returnedMinor: update.ref("excluded.returnedMinor"),
          priceMinor: update.ref("excluded.priceMinor"),
          returnedBeforeMinor: update.ref("excluded.returnedBeforeMinor"),
          use: update.ref("excluded.use"),
          paidAt: update.fn.coalesce("excluded.paidAt", "charges.paidAt"),
          feeMinor: update.fn.coalesce("excluded.feeMinor", "charges.feeMinor"),
          sender: update.fn.coalesce("excluded.sender", "charges.sender"),
          comment: update.fn.coalesce("excluded.comment", "charges.comment"),
        }))
        .whereRef("charges.paymentId", "=", "excluded.paymentId"),
    );
  const otherwise = `a charge of payment ${order.id} was booked elsewhere meanwhile: decide again`;
  return [{ query, mustWrite: { rows: rows.length, otherwise } }];
}

/** The first report of each charge. */
const firstOfEach = <Report extends { readonly reference: string }>(reports: readonly Report[]) =>
  new Map(reports.toReversed().map((report) => [report.reference, report]));
