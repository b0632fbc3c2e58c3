import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";

export const LedgerEntryTable = defineEntity({
  name: "LedgerEntry",
  tableName: "ledger_entries",
  properties: {
    /** What happened, e.g. `stars/<charge>/paid`: the same fact is booked once. */
    fact: p.text().primary(),
    account: p.text().primary(),
    currency: p.enum(currencies).primary(),
    minor: p.bigint("number"),
    paymentId: p.uuid().nullable(),
    recordedAt: p.datetime().defaultRaw("now()"),
  },
});
