import { defineEntity, p } from "@mikro-orm/postgresql";
import type { GatewayReport } from "../../../domain/payments/payment.ts";

/** Who reported it: the gateway, or our own reading of its statement. */
const eventSources = ["gateway", "reconciliation"] as const;

export const GatewayEventTable = defineEntity({
  name: "GatewayEvent",
  tableName: "gateway_events",
  properties: {
    id: p.uuid().primary(),
    /** The digest of all columns below: a verbatim repeat is kept once. */
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
