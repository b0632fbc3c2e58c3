import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { unmatchedStates } from "../../../domain/payments/unmatched.ts";

export const UnmatchedTable = defineEntity({
  name: "Unmatched",
  tableName: "unmatched",
  properties: {
    gateway: p.text().primary(),
    reference: p.text().primary(),
    /** The workflow that it was reported to. */
    paymentId: p.uuid(),
    minor: p.bigint("number"),
    currency: p.enum(currencies),
    returnedMinor: p.bigint("number").default(0),
    evidence: p.text(),
    /** Who paid, where the gateway said so. */
    payer: p.bigint("number").nullable(),
    /** The wallet that it came from. */
    sender: p.text().nullable(),
    /** What its sender wrote to it. */
    comment: p.text().nullable(),
    at: p.datetime(),
    state: p.enum(unmatchedStates),
    customerId: p.uuid().nullable(),
    /** The admin's request that decided it. */
    requestId: p.text().nullable(),
    resolvedBy: p.bigint("number").nullable(),
    reason: p.text().nullable(),
    resolvedAt: p.datetime().nullable(),
  },
});
