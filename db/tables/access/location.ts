import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Language } from "../../../domain/people/customer.ts";

export const LocationTable = defineEntity({
  name: "Location",
  tableName: "locations",
  properties: {
    id: p.uuid().primary(),
    /** Unique among those that are not removed. */
    code: p.text(),
    flag: p.text(),
    names: p.json<Record<Language, string>>(),
    /** By which plans name it. */
    groups: p.json<readonly string[]>(),
    sort: p.integer(),
    hidden: p.boolean().default(false),
    audience: p.enum(["all", "paying", "named"] as const),
    /** The Telegram ids of named customers; empty for other audiences. */
    members: p.json<readonly number[]>(),
    removedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
