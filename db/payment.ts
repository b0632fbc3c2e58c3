import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../domain/money.ts";
import { type GatewayReport, paymentStates } from "../domain/payment.ts";

const PaymentSchema = defineEntity({
  name: "Payment",
  tableName: "payments",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid(),
    subscriptionId: p.uuid(),
    plan: p.text(),
    planVersion: p.integer(),
    days: p.double().$type<number>(),
    deviceLimit: p.integer(),
    priceMinor: p.bigint("number"),
    currency: p.enum(currencies),
    gateway: p.text(),
    memo: p.text().unique(),
    state: p.enum(paymentStates),
    /** Since when the gateway may have an invoice. */
    askedAt: p.datetime().nullable(),
    /** The gateway's invoice as its port answered it. */
    invoice: p.json<Record<string, string>>().nullable(),
    invoiceReference: p.text().nullable(),
    /** The message with the invoice, edited as the state changes. */
    messageId: p.bigint("number").nullable(),
    openedAt: p.datetime(),
    lapsesAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    nextLookupAt: p.datetime().nullable(),
    lookedUpAt: p.datetime().nullable(),
  },
});

export class PaymentRow extends PaymentSchema.class {}
PaymentSchema.setClass(PaymentRow);

const ChargeSchema = defineEntity({
  name: "Charge",
  tableName: "charges",
  properties: {
    gateway: p.text().primary(),
    reference: p.text().primary(),
    paymentId: p.uuid(),
    /** Null while only its return has been heard of. */
    paidMinor: p.bigint("number").nullable(),
    currency: p.enum(currencies),
    returnedMinor: p.bigint("number").default(0),
    use: p.enum(["grant", "credit", "none"] as const),
    paidAt: p.datetime().nullable(),
    feeMinor: p.bigint("number").nullable(),
    recordedAt: p.datetime().defaultRaw("now()"),
  },
});

export class ChargeRow extends ChargeSchema.class {}
ChargeSchema.setClass(ChargeRow);

const GatewayEventSchema = defineEntity({
  name: "GatewayEvent",
  tableName: "gateway_events",
  properties: {
    id: p.uuid().primary(),
    /** Of all that is below: what comes again word for word is kept once. */
    digest: p.text().unique(),
    paymentId: p.uuid(),
    gateway: p.text(),
    toldBy: p.enum(["gateway", "reconciliation"] as const),
    report: p.json<GatewayReport>(),
    headers: p.json<Record<string, string>>(),
    body: p.text(),
    receivedAt: p.datetime().defaultRaw("now()"),
  },
});

export class GatewayEventRow extends GatewayEventSchema.class {}
GatewayEventSchema.setClass(GatewayEventRow);

const SettlementSchema = defineEntity({
  name: "Settlement",
  tableName: "settlements",
  properties: {
    key: p.text().primary(),
    paymentId: p.uuid(),
    consequences: p.json<unknown[]>(),
    at: p.datetime().defaultRaw("now()"),
  },
});

export class SettlementRow extends SettlementSchema.class {}
SettlementSchema.setClass(SettlementRow);

const UnmatchedSchema = defineEntity({
  name: "Unmatched",
  tableName: "unmatched",
  properties: {
    gateway: p.text().primary(),
    reference: p.text().primary(),
    /** The workflow that heard of it. */
    paymentId: p.uuid(),
    minor: p.bigint("number"),
    currency: p.enum(currencies),
    said: p.text(),
    /** Who paid, where the gateway said so. */
    payer: p.bigint("number").nullable(),
    at: p.datetime(),
    /** The step of a workflow that kept it: its repeat is told so. */
    step: p.text(),
    state: p.enum(["open", "given", "ignored", "refunding", "returned"] as const),
    customerId: p.uuid().nullable(),
    resolvedBy: p.bigint("number").nullable(),
    reason: p.text().nullable(),
    resolvedAt: p.datetime().nullable(),
  },
});

export class UnmatchedRow extends UnmatchedSchema.class {}
UnmatchedSchema.setClass(UnmatchedRow);

const RefundSchema = defineEntity({
  name: "Refund",
  tableName: "refunds",
  properties: {
    requestId: p.text().primary(),
    paymentId: p.uuid(),
    reference: p.text(),
    minor: p.bigint("number"),
    currency: p.enum(currencies),
    days: p.double().$type<number>(),
    /** Null: Tollgate itself, for money that came twice. */
    requestedBy: p.bigint("number").nullable(),
    reason: p.text(),
    /** The run that opened it: its repeat is told so. */
    run: p.text(),
    state: p.enum(["asked", "approved", "rejected", "returned", "refused"] as const),
    why: p.text().nullable(),
    askedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
  },
});

export class RefundRow extends RefundSchema.class {}
RefundSchema.setClass(RefundRow);
