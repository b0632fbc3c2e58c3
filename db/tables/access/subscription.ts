import { defineEntity, p } from "@mikro-orm/postgresql";

export const SubscriptionTable = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid().unique(),
    plan: p.text(),
    /** Null for the built-in trial and for what was never bought. */
    planVersion: p.integer().nullable(),
    deviceLimit: p.integer(),
    graceMs: p.bigint("number").default(0),
    /** Null: no limit. What was moved before `trafficBaseBytes` does not count. */
    trafficLimitBytes: p.bigint("number").nullable(),
    trafficBaseBytes: p.bigint("number").default(0),
    /** All that its devices have ever moved, up and down together. */
    movedBytes: p.bigint("number").default(0),
    /** Derived from its time lots; null while no time was ever given. */
    paidUntil: p.datetime().nullable(),
    /** Since when the present time runs: reminders of time shorter than their notice are not sent. */
    timeGivenAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
