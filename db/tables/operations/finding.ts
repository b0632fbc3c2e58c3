import { defineEntity, p } from "@mikro-orm/postgresql";

/** A report that never arrived and that reconciliation found. */
export const FindingTable = defineEntity({
  name: "Finding",
  tableName: "findings",
  properties: {
    paymentId: p.uuid().primary(),
    kind: p.text().primary(),
    reference: p.text().primary(),
    gateway: p.text(),
    foundAt: p.datetime().defaultRaw("now()"),
  },
});
