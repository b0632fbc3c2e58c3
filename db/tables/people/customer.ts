import { defineEntity, p } from "@mikro-orm/postgresql";
import { customerStatuses, languages, roles } from "../../../domain/people/customer.ts";

export const CustomerTable = defineEntity({
  name: "Customer",
  tableName: "customers",
  properties: {
    id: p.uuid().primary(),
    telegramId: p.bigint("number").unique(),
    username: p.text().nullable(),
    firstName: p.text(),
    lastName: p.text().nullable(),
    language: p.enum(languages),
    role: p.enum(roles),
    status: p.enum(customerStatuses),
    referrerId: p.uuid().nullable(),
    rejectedAt: p.datetime().nullable(),
    /** When they were found to have left a required channel; null: they have not, or have paid. */
    leftChannelsAt: p.datetime().nullable(),
    /** Since when their free access is paused for it. */
    suspendedAt: p.datetime().nullable(),
    unreachableSince: p.datetime().nullable(),
    lastActivityAt: p.datetime(),
    createdAt: p.datetime().defaultRaw("now()"),
    deletedAt: p.datetime().nullable(),
  },
});
