import { defineEntity, p } from "@mikro-orm/postgresql";

/** What could not be handled, kept apart so that the rest goes on. */
export const QuarantineTable = defineEntity({
  name: "Quarantine",
  tableName: "quarantine",
  properties: {
    /** Identifies it, e.g. `tbank/lookup/<payment>`. */
    key: p.text().primary(),
    gateway: p.text(),
    kind: p.enum(["line", "lookup", "event"] as const),
    evidence: p.text(),
    reason: p.text(),
    tries: p.integer().default(1),
    firstAt: p.datetime().defaultRaw("now()"),
    /** When it is retried; null: only by a person. */
    nextTryAt: p.datetime().nullable(),
    resolvedAt: p.datetime().nullable(),
  },
});
