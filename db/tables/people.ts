import { defineEntity, p } from "@mikro-orm/postgresql";
import type { ApprovalSubject } from "../../domain/people/approval.ts";
import { customerStatuses, languages, roles } from "../../domain/people/customer.ts";

export const CustomerTable = defineEntity({
  name: "Customer",
  tableName: "customers",
  properties: {
    id: p.uuid().primary(),
    telegramId: p.bigint("number").unique(),
    username: p.text().nullable(),
    firstName: p.text(),
    lastName: p.text().nullable(),
    language: p.enum(languages),
    role: p.enum(roles),
    status: p.enum(customerStatuses),
    referrerId: p.uuid().nullable(),
    rejectedAt: p.datetime().nullable(),
    unreachableSince: p.datetime().nullable(),
    lastActivityAt: p.datetime(),
    createdAt: p.datetime().defaultRaw("now()"),
    deletedAt: p.datetime().nullable(),
  },
});

export const approvalStates = ["open", "approved", "rejected", "lapsed"] as const;

export const ApprovalTable = defineEntity({
  name: "Approval",
  tableName: "approvals",
  properties: {
    approvalId: p.text().primary(),
    ask: p.text().primary(),
    kind: p.text(),
    customerId: p.uuid().nullable(),
    /** What is asked, as the admins' messages are rendered from it. */
    subject: p.json<ApprovalSubject>(),
    state: p.enum(approvalStates),
    askedAt: p.datetime(),
    remindedAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.bigint("number").nullable(),
  },
});

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
