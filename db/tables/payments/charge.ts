import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { chargeUses } from "../../../domain/payments/charge.ts";

export const ChargeTable = defineEntity({
  name: "Charge",
  tableName: "charges",
  properties: {
    gateway: p.text().primary(),
    reference: p.text().primary(),
    paymentId: p.uuid(),
    /** Null while only its return was reported. */
    paidMinor: p.bigint("number").nullable(),
    currency: p.enum(currencies),
    /** How much of the payment's price this charge paid; the rest of it is balance. */
    priceMinor: p.bigint("number").default(0),
    returnedMinor: p.bigint("number").default(0),
    /** How much of it was returned or about to be, before it became a part of the price. */
    returnedBeforeMinor: p.bigint("number").default(0),
    use: p.enum(chargeUses),
    paidAt: p.datetime().nullable(),
    feeMinor: p.bigint("number").nullable(),
    /** The wallet that it came from. */
    sender: p.text().nullable(),
    /** What its sender wrote to it. */
    comment: p.text().nullable(),
    recordedAt: p.datetime().defaultRaw("now()"),
  },
});
