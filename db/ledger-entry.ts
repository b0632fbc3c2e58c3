import { defineEntity, p } from "@mikro-orm/postgresql";

const LedgerEntrySchema = defineEntity({
  name: "LedgerEntry",
  tableName: "ledger_entries",
  properties: {
    /** What happened, e.g. `stars/<charge>/paid`: the same fact is booked once. */
    fact: p.text().primary(),
    account: p.text().primary(),
    currency: p.text().primary(),
    minor: p.bigint("number"),
    paymentId: p.uuid().nullable(),
    recordedAt: p.datetime().defaultRaw("now()"),
  },
});

export class LedgerEntryRow extends LedgerEntrySchema.class {}
LedgerEntrySchema.setClass(LedgerEntryRow);
