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
    /** How much of the charge will be back in all when it is done. */
    upToMinor: p.bigint("number"),
    currency: p.enum(currencies),
    /** What of it had bought time, and what of it was taken out of the balance when it was opened. */
    priceMinor: p.bigint("number"),
    creditMinor: p.bigint("number"),
    /** Null: Tollgate itself, for money that came twice. */
    requestedBy: p.bigint("number").nullable(),
    reason: p.text(),
    state: p.enum(refundStates),
    why: p.text().nullable(),
    askedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
  },
});
