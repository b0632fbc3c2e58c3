import { defineEntity, p } from "@mikro-orm/postgresql";
import { subscriptionStates } from "../domain/subscription.ts";

const SubscriptionSchema = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid().unique(),
    plan: p.text(),
    deviceLimit: p.integer(),
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
    kind: p.enum(["trial", "admin"] as const),
    days: p.double(),
    grantedFrom: p.datetime(),
    grantedUntil: p.datetime(),
    grantedAt: p.datetime().defaultRaw("now()"),
  },
});

export class GrantRow extends GrantSchema.class {}
GrantSchema.setClass(GrantRow);
