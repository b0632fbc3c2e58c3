import { defineEntity, p } from "@mikro-orm/postgresql";

/** What a maintenance has cost a subscription, and was given back: once. */
export const GiveBackTable = defineEntity({
  name: "GiveBack",
  tableName: "give_backs",
  properties: {
    maintenanceId: p.uuid().primary(),
    subscriptionId: p.uuid().primary(),
    /** While it had an access on the host during the maintenance. */
    fromAt: p.datetime(),
    toAt: p.datetime(),
    /** 0: nothing was lost, or was given back for another host already. */
    ms: p.bigint("number"),
    /** Its calendar is still to read the books again. */
    wakes: p.boolean(),
  },
});
