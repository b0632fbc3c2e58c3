import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Currency } from "../../../domain/money.ts";

export const GatewayTable = defineEntity({
  name: "Gateway",
  tableName: "gateways",
  properties: {
    name: p.text().primary(),
    currencies: p.array<Currency>(),
    /** The sign before its name on buttons. */
    icon: p.text(),
    refunds: p.enum(["none", "whole", "partial"] as const),
    /** Whether it reports payments itself. */
    notifies: p.boolean(),
    invoiceTtlMs: p.bigint("number"),
    /** How it can charge again by itself or on our word; null: it cannot. */
    recurring: p.enum(["stars", "card"] as const).nullable(),
    /** False: its keys are no longer configured. */
    active: p.boolean(),
  },
});
