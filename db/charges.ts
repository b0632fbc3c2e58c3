import type { Charge } from "../domain/charge.ts";
import type { GatewayReport, PaymentOrder } from "../domain/payment.ts";
import type { Queries } from "./orm.ts";

/** Charges of one payment, before and after a batch was decided. */
export interface ChargeChanges {
  readonly before: readonly Charge[];
  readonly after: readonly Charge[];
  /** What was decided, in its order. */
  readonly reports: readonly GatewayReport[];
}

/**
 * Writes the charges that have changed.
 * @throws Error when another transaction has booked one of them for another payment meanwhile: decide again.
 */
export async function writeCharges(db: Queries, order: PaymentOrder, changes: ChargeChanges) {
  const known = new Set(changes.before);
  const changed = changes.after.filter((charge) => !known.has(charge));
  if (changed.length === 0) return;
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
  const written = await db
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
    )
    .executeTakeFirst();
  if (written.numInsertedOrUpdatedRows !== BigInt(rows.length)) {
    throw new Error(`a charge of payment ${order.id} was booked elsewhere meanwhile: decide again`);
  }
}

function currencyOf(reports: readonly GatewayReport[], reference: string) {
  const report = reports.find((one) => "returned" in one && one.reference === reference);
  return report && "returned" in report ? report.returned.currency : undefined;
}
