import { defineEntity, p } from "@mikro-orm/postgresql";
import type { ApprovalSubject, RejectReason } from "../../../domain/people/approval.ts";

/** The states of a question to the admins. */
const approvalStates = ["open", "approved", "rejected", "lapsed"] as const;

export const ApprovalTable = defineEntity({
  name: "Approval",
  tableName: "approvals",
  properties: {
    approvalId: p.text().primary(),
    ask: p.text().primary(),
    kind: p.text(),
    customerId: p.uuid().nullable(),
    /** What is asked; the admins' messages are rendered from it. */
    subject: p.json<ApprovalSubject>(),
    state: p.enum(approvalStates),
    askedAt: p.datetime(),
    remindedAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.bigint("number").nullable(),
    /** Why it was rejected; null: nobody said. */
    reason: p.json<RejectReason>().nullable(),
    /** The decision counts no more: the person was asked about again. */
    undoneAt: p.datetime().nullable(),
    undoneBy: p.bigint("number").nullable(),
  },
});
