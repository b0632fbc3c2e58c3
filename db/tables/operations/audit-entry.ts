import { defineEntity, p } from "@mikro-orm/postgresql";

export const AuditEntryTable = defineEntity({
  name: "AuditEntry",
  tableName: "audit_log",
  properties: {
    requestId: p.text().primary(),
    actor: p.bigint("number"),
    act: p.text(),
    customerId: p.uuid().nullable(),
    before: p.json<Record<string, unknown>>(),
    after: p.json<Record<string, unknown>>(),
    at: p.datetime().defaultRaw("now()"),
  },
});
