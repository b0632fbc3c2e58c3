import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { extraKinds, paymentStates, recurrences } from "../../../domain/payments/payment.ts";

export const PaymentTable = defineEntity({
  name: "Payment",
  tableName: "payments",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid(),
    subscriptionId: p.uuid(),
    /** What is bought beside the plans; null: a plan, which the four columns from `plan` on are about. */
    extra: p.enum(extraKinds).nullable(),
    /** Of a traffic pack. */
    extraBytes: p.bigint("number").nullable(),
    /** Of an extra device. */
    extraUntil: p.datetime().nullable(),
    plan: p.text().nullable(),
    planVersion: p.integer().nullable(),
    days: p.double().$type<number>().nullable(),
    deviceLimit: p.integer().nullable(),
    priceMinor: p.bigint("number"),
    currency: p.enum(currencies),
    gateway: p.text(),
    memo: p.text().unique(),
    /** Null: it is paid once. */
    recurs: p.enum(recurrences).nullable(),
    state: p.enum(paymentStates),
    /** Since when the gateway may have an invoice. */
    askedAt: p.datetime().nullable(),
    /** The gateway's invoice as its port returned it. */
    invoice: p.json<Record<string, string>>().nullable(),
    invoiceReference: p.text().nullable(),
    openedAt: p.datetime(),
    lapsesAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    /** When a gateway without a statement is asked about it again; null: never. */
    nextLookupAt: p.datetime().nullable(),
    lookedUpAt: p.datetime().nullable(),
  },
});
