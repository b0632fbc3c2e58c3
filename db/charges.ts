import type { Charge } from "../domain/charge.ts";
import type { GatewayReport, PaymentOrder } from "../domain/payment.ts";
import type { Write } from "./together.ts";

/** Charges of one payment, before and after a batch was decided. */
export interface ChargeChanges {
  readonly before: readonly Charge[];
  readonly after: readonly Charge[];
  /** What was decided, in its order. */
  readonly reports: readonly GatewayReport[];
}

/**
 * The charges that have changed. Not written, when another transaction has booked one of them for another payment
 * meanwhile: decide again.
 */
export function chargeWrites(order: PaymentOrder, changes: ChargeChanges): Write[] {
  const known = new Set(changes.before);
  const changed = changes.after.filter((charge) => !known.has(charge));
  if (changed.length === 0) return [];
  const { reports } = changes;
  const rows = changed.map(({ reference, paid, returnedMinor, priceMinor, use }) => {
    const told = reports.find((report) => report.kind === "paid" && report.reference === reference);
    const isPaid = told?.kind === "paid";
    return {
      gateway: order.gateway,
      reference,
      paymentId: order.id,
      paidMinor: paid?.minor ?? null,
      currency: paid?.currency ?? currencyOf(reports, reference) ?? order.price.currency,
      returnedMinor,
      priceMinor,
      use,
      paidAt: isPaid ? new Date(told.at) : null,
      feeMinor: isPaid ? (told.fee?.minor ?? null) : null,
    };
  });
  const query: Write["query"] = (db) =>
    db
      .insertInto("charges")
      .values(rows)
      .onConflict((row) =>
        row
          .columns(["gateway", "reference"])
          .doUpdateSet((update) => ({
            paidMinor: update.ref("excluded.paidMinor"),
            currency: update.ref("excluded.currency"),
            returnedMinor: update.ref("excluded.returnedMinor"),
            priceMinor: update.ref("excluded.priceMinor"),
            use: update.ref("excluded.use"),
            paidAt: update.fn.coalesce("excluded.paidAt", "charges.paidAt"),
            feeMinor: update.fn.coalesce("excluded.feeMinor", "charges.feeMinor"),
          }))
          .whereRef("charges.paymentId", "=", "excluded.paymentId"),
      );
  const otherwise = `a charge of payment ${order.id} was booked elsewhere meanwhile: decide again`;
  return [{ query, mustWrite: { rows: rows.length, otherwise } }];
}

function currencyOf(reports: readonly GatewayReport[], reference: string) {
  const report = reports.find((one) => "returned" in one && one.reference === reference);
  return report && "returned" in report ? report.returned.currency : undefined;
}
