import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Currency } from "../../../domain/money.ts";

export const GatewayTable = defineEntity({
  name: "Gateway",
  tableName: "gateways",
  properties: {
    name: p.text().primary(),
    currencies: p.array<Currency>(),
    refunds: p.enum(["none", "whole", "partial"] as const),
    /** Whether it reports payments itself. */
    notifies: p.boolean(),
    invoiceTtlMs: p.bigint("number"),
    /** False: its keys are no longer configured. */
    active: p.boolean(),
  },
});
