import { defineEntity, p } from "@mikro-orm/postgresql";
import { addOnKinds } from "../../../domain/payments/payment.ts";

/** What was bought beside a plan, and what its refunds have taken back. */
export const AddOnTable = defineEntity({
  name: "AddOn",
  tableName: "add_ons",
  properties: {
    paymentId: p.uuid().primary(),
    subscriptionId: p.uuid(),
    kind: p.enum(addOnKinds),
    /** Of traffic. */
    bytes: p.bigint("number").nullable(),
    /** Of a device. */
    until: p.datetime().nullable(),
    priceMinor: p.bigint("number"),
    /** How much of its price is returned or about to be, in total. */
    returnedMinor: p.bigint("number").default(0),
    /** How much of its traffic the refunds have taken. */
    takenBytes: p.bigint("number").default(0),
    /** How much of its traffic was used, or has ended, before the allowance now began. */
    usedBytes: p.bigint("number").default(0),
    at: p.datetime(),
  },
});
