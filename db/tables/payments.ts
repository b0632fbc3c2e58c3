import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Language } from "../../domain/people/customer.ts";
import { currencies, type Currency } from "../../domain/money.ts";
import { type GatewayReport, paymentStates } from "../../domain/payments/payment.ts";
import { refundStates } from "../../domain/payments/refund.ts";
import { chargeUses } from "../../domain/payments/charge.ts";
import type { Effect } from "../../domain/payments/decision.ts";
import { unmatchedStates } from "../../domain/payments/unmatched.ts";

export const PlanTable = defineEntity({
  name: "Plan",
  tableName: "plans",
  properties: {
    code: p.text().primary(),
    version: p.integer().primary(),
    names: p.json<Record<Language, string>>(),
    descriptions: p.json<Record<Language, string>>(),
    days: p.double().$type<number>(),
    deviceLimit: p.integer(),
    prices: p.json<Partial<Record<Currency, number>>>(),
    trafficLimitBytes: p.bigint("number").nullable(),
    sort: p.integer(),
    hidden: p.boolean(),
    trial: p.boolean(),
    /** The owner's file no longer has it: its versions stay, for the payments that were made with them. */
    retired: p.boolean(),
    importedAt: p.datetime().defaultRaw("now()"),
  },
});

export const GatewayTable = defineEntity({
  name: "Gateway",
  tableName: "gateways",
  properties: {
    name: p.text().primary(),
    currencies: p.array<Currency>(),
    refunds: p.enum(["none", "whole", "partial"] as const),
    delivery: p.enum(["pushes", "pulls"] as const),
    invoiceTtlMs: p.bigint("number"),
    /** False: its keys are no longer configured. */
    active: p.boolean(),
  },
});

export const PaymentTable = defineEntity({
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
    openedAt: p.datetime(),
    lapsesAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    /** When a gateway without a statement is asked for it again; null: never. */
    nextLookupAt: p.datetime().nullable(),
    lookedUpAt: p.datetime().nullable(),
  },
});

export const ChargeTable = defineEntity({
  name: "Charge",
  tableName: "charges",
  properties: {
    gateway: p.text().primary(),
    reference: p.text().primary(),
    paymentId: p.uuid(),
    /** Null while only its return was reported. */
    paidMinor: p.bigint("number").nullable(),
    currency: p.enum(currencies),
    /** How much of the payment's price this charge paid; the rest of it is balance. */
    priceMinor: p.bigint("number").default(0),
    returnedMinor: p.bigint("number").default(0),
    /** What of it was back, or on its way back, before it became a part of the price. */
    returnedBeforeMinor: p.bigint("number").default(0),
    use: p.enum(chargeUses),
    paidAt: p.datetime().nullable(),
    feeMinor: p.bigint("number").nullable(),
    recordedAt: p.datetime().defaultRaw("now()"),
  },
});

export const eventSources = ["gateway", "reconciliation"] as const;

export const GatewayEventTable = defineEntity({
  name: "GatewayEvent",
  tableName: "gateway_events",
  properties: {
    id: p.uuid().primary(),
    /** Of all that is below: what comes again word for word is kept once. */
    digest: p.text().unique(),
    paymentId: p.uuid(),
    gateway: p.text(),
    source: p.enum(eventSources),
    report: p.json<GatewayReport>(),
    headers: p.json<Record<string, string>>(),
    body: p.text(),
    receivedAt: p.datetime().defaultRaw("now()"),
  },
});

/** Insert-only: what was decided over an event, by the event's key. */
export const DecisionTable = defineEntity({
  name: "Decision",
  tableName: "decisions",
  properties: {
    /** Gateway, reference, kind and amount of the event that was decided. */
    key: p.text().primary(),
    paymentId: p.uuid(),
    effects: p.json<readonly Effect[]>(),
    at: p.datetime().defaultRaw("now()"),
  },
});

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

export const RefundTable = defineEntity({
  name: "Refund",
  tableName: "refunds",
  properties: {
    requestId: p.text().primary(),
    paymentId: p.uuid(),
    gateway: p.text(),
    reference: p.text(),
    minor: p.bigint("number"),
    /** How much of the charge will be back in all when it is done. */
    upToMinor: p.bigint("number"),
    currency: p.enum(currencies),
    /** What of it had bought time, and what of it was taken out of the balance when it was opened. */
    priceMinor: p.bigint("number"),
    creditMinor: p.bigint("number"),
    /** Null: Tollgate itself, for money that came twice. */
    requestedBy: p.bigint("number").nullable(),
    reason: p.text(),
    state: p.enum(refundStates),
    why: p.text().nullable(),
    askedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
  },
});

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

/** A report that never arrived and was found by reconciliation. */
export const FindingTable = defineEntity({
  name: "Finding",
  tableName: "findings",
  properties: {
    paymentId: p.uuid().primary(),
    kind: p.text().primary(),
    reference: p.text().primary(),
    gateway: p.text(),
    foundAt: p.datetime().defaultRaw("now()"),
  },
});

export const StatementCursorTable = defineEntity({
  name: "StatementCursor",
  tableName: "statement_cursors",
  properties: {
    /** The gateway's account: another bot, app or terminal has a statement of its own. */
    account: p.text().primary(),
    cursor: p.text(),
    /** How many lines from before the shop's first start were passed over, and whether admins were told. */
    skipped: p.integer().default(0),
    skippedToldAt: p.datetime().nullable(),
    readAt: p.datetime().defaultRaw("now()"),
  },
});

/** What could not be handled, put aside so that the rest goes on. */
export const QuarantineTable = defineEntity({
  name: "Quarantine",
  tableName: "quarantine",
  properties: {
    /** What it is about, e.g. `tbank/lookup/<payment>`. */
    key: p.text().primary(),
    gateway: p.text(),
    kind: p.enum(["line", "lookup", "event"] as const),
    evidence: p.text(),
    reason: p.text(),
    tries: p.integer().default(1),
    firstAt: p.datetime().defaultRaw("now()"),
    /** When it is tried again; null: only by a person. */
    nextTryAt: p.datetime().nullable(),
    resolvedAt: p.datetime().nullable(),
  },
});

/** Single facts about this installation, e.g. when the shop first started. */
export const SettingTable = defineEntity({
  name: "Setting",
  tableName: "settings",
  properties: {
    name: p.text().primary(),
    value: p.text(),
  },
});
