import { defineEntity, p } from "@mikro-orm/postgresql";
import { lotKinds, type LotTerms } from "../../../domain/access/time-lots.ts";
import type { Currency } from "../../../domain/money.ts";

/** Insert-only: the causes of a subscription's time, in the order in which they were booked. */
export const TimeLotTable = defineEntity({
  name: "TimeLot",
  tableName: "time_lots",
  properties: {
    /**
     * What gave the time, e.g. `trial/<subscription>`, `payment/<payment>`: one cause counts once.
     */
    cause: p.text().primary(),
    /** Assigned by the database. */
    seq: p.bigint("number").defaultRaw("identity").unique(),
    subscriptionId: p.uuid(),
    kind: p.enum(lotKinds),
    /** Its own cause, or, for a return, the cause of the lot that shrinks. */
    lot: p.text(),
    ms: p.bigint("number"),
    /** What was paid for it. Null for free time. */
    priceMinor: p.bigint("number").nullable(),
    currency: p.text().$type<Currency>().nullable(),
    terms: p.json<LotTerms>().nullable(),
    /** For a return: how much of the lot's price is returned or about to be, in total. */
    returnedMinor: p.bigint("number").nullable(),
    at: p.datetime(),
    /** The end of all time after this row, so that an auditor can replay it. */
    paidUntil: p.datetime(),
  },
});
