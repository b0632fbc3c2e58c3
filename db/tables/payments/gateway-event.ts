import { defineEntity, p } from "@mikro-orm/postgresql";
import type { GatewayReport } from "../../../domain/payments/payment.ts";

/** Who told us: the gateway itself, or our own look at its statement. */
const eventSources = ["gateway", "reconciliation"] as const;

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
