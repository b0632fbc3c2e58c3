import { defineEntity, p } from "@mikro-orm/postgresql";

const ApprovalSchema = defineEntity({
  name: "Approval",
  tableName: "approvals",
  properties: {
    approvalId: p.text().primary(),
    ask: p.text().primary(),
    kind: p.text(),
    customerId: p.uuid(),
    state: p.enum(["open", "approved", "rejected", "lapsed"] as const),
    askedAt: p.datetime(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.bigint("number").nullable(),
  },
});

export class ApprovalRow extends ApprovalSchema.class {}
ApprovalSchema.setClass(ApprovalRow);
