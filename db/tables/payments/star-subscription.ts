import { defineEntity, p } from "@mikro-orm/postgresql";
import { starStates } from "../../../domain/payments/renewal.ts";

export const StarSubscriptionTable = defineEntity({
  name: "StarSubscription",
  tableName: "star_subscriptions",
  properties: {
    /** The order with which it began: every charge carries its id. */
    orderId: p.uuid().primary(),
    subscriptionId: p.uuid(),
    /** Its first charge, by which Telegram knows it. */
    reference: p.text(),
    since: p.datetime(),
    /** Until when Telegram has charged for it. */
    until: p.datetime(),
    /** What Telegram has reported last, and when. */
    state: p.enum(starStates),
    reportedAt: p.datetime().nullable(),
    /** Whether it shall end, and whether Telegram knows so. */
    isUnwanted: p.boolean().default(false),
    isCanceled: p.boolean().default(false),
  },
});
