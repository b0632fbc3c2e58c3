import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { refundStates } from "../../../domain/payments/refund.ts";

export const RefundTable = defineEntity({
  name: "Refund",
  tableName: "refunds",
  properties: {
    requestId: p.text().primary(),
    paymentId: p.uuid(),
    gateway: p.text(),
    reference: p.text(),
    minor: p.bigint("number"),
    /** How much of the charge will have been returned in total when it is done. */
    upToMinor: p.bigint("number"),
    currency: p.enum(currencies),
    /** The share that had bought time, and the share taken from the balance when it was opened. */
    priceMinor: p.bigint("number"),
    creditMinor: p.bigint("number"),
    /** Null: Tollgate itself, for a payment that came twice. */
    requestedBy: p.bigint("number").nullable(),
    reason: p.text(),
    /** An admin has sent the money by hand, in this transaction. */
    transaction: p.text().nullable(),
    state: p.enum(refundStates),
    why: p.text().nullable(),
    askedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
  },
});
