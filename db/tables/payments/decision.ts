import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Effect } from "../../../domain/payments/effect.ts";

/** Insert-only: the decision about an event, by the event's key. */
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
