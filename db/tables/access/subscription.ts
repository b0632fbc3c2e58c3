import { defineEntity, p } from "@mikro-orm/postgresql";
import type { LimitPeriod, PacksEnd } from "../../../domain/access/limit-period.ts";

export const SubscriptionTable = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid(),
    /**
     * By which its customer knows it, from 1. Null: it never had time and is not the first, so that
     * it is listed nowhere.
     */
    number: p.integer().nullable().default(1),
    plan: p.text(),
    /** Null for the built-in trial and for what was never bought. */
    planVersion: p.integer().nullable(),
    deviceLimit: p.integer(),
    graceMs: p.bigint("number").default(0),
    /** Null: no limit. Traffic up to `trafficBaseBytes` does not count. */
    trafficLimitBytes: p.bigint("number").nullable(),
    trafficBaseBytes: p.bigint("number").default(0),
    /** How much of the limit is packs: what is left of them in `add_ons`. */
    trafficPackBytes: p.bigint("number").default(0),
    /** The period that the limit is for; all four null: it is for a purchase. */
    trafficPeriod: p.text().$type<LimitPeriod>().nullable(),
    trafficPeriodBytes: p.bigint("number").nullable(),
    trafficPeriodEndsAt: p.datetime().nullable(),
    trafficPacksEnd: p.text().$type<PacksEnd>().nullable(),
    /** All bytes that its devices have ever moved, up and down together. */
    movedBytes: p.bigint("number").default(0),
    /** Derived from its time lots; null until time is given. */
    paidUntil: p.datetime().nullable(),
    /**
     * When the current time was given: no reminders are sent for time shorter than their notice.
     */
    timeGivenAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
