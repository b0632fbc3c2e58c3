import { defineEntity, p } from "@mikro-orm/postgresql";
import { grantKinds } from "../domain/grant.ts";
import { subscriptionStates } from "../domain/subscription.ts";

const SubscriptionSchema = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid().unique(),
    plan: p.text(),
    /** Null for the built-in trial and for what was never bought. */
    planVersion: p.integer().nullable(),
    deviceLimit: p.integer(),
    /** Null: no limit. What was moved before `trafficBaseBytes` does not count. */
    trafficLimitBytes: p.bigint("number").nullable(),
    trafficBaseBytes: p.bigint("number").default(0),
    state: p.enum(subscriptionStates),
    paidUntil: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

export class SubscriptionRow extends SubscriptionSchema.class {}
SubscriptionSchema.setClass(SubscriptionRow);

const GrantSchema = defineEntity({
  name: "Grant",
  tableName: "grants",
  properties: {
    /** What the time was given for, e.g. `trial/<subscription>`: one cause gives time once. */
    cause: p.text().primary(),
    subscriptionId: p.uuid(),
    kind: p.enum(grantKinds),
    /** Negative where time was taken. */
    days: p.double().$type<number>(),
    /** What the time that was left was multiplied by: 1 unless the plan changed. */
    factor: p.double().$type<number>().default(1),
    plan: p.text().nullable(),
    planVersion: p.integer().nullable(),
    /** The step of a workflow that gave it: its repeat is told so. */
    step: p.text().nullable(),
    grantedFrom: p.datetime(),
    grantedUntil: p.datetime(),
    grantedAt: p.datetime().defaultRaw("now()"),
  },
});

export class GrantRow extends GrantSchema.class {}
GrantSchema.setClass(GrantRow);
