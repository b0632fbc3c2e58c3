import { defineEntity, p } from "@mikro-orm/postgresql";
import type { LimitPeriod, PacksEnd } from "../../../domain/access/limit-period.ts";
import type { Currency } from "../../../domain/money.ts";
import type { Language } from "../../../domain/people/customer.ts";

export const PlanTable = defineEntity({
  name: "Plan",
  tableName: "plans",
  properties: {
    code: p.text().primary(),
    version: p.integer().primary(),
    names: p.json<Record<Language, string>>(),
    descriptions: p.json<Record<Language, string>>(),
    days: p.double().$type<number>(),
    deviceLimit: p.integer(),
    /** Null: access ends with the time. */
    graceDays: p.integer().nullable(),
    prices: p.json<Partial<Record<Currency, number>>>(),
    trafficLimitBytes: p.bigint("number").nullable(),
    /** Null: the limit is for a purchase. */
    limitPeriod: p.text().$type<LimitPeriod>().nullable(),
    /** Null: packs last until they are used up. */
    packsEnd: p.text().$type<PacksEnd>().nullable(),
    /** Prices of one more device; null: none is sold. */
    extraDevice: p.json<Partial<Record<Currency, number>>>().nullable(),
    /** A pack of traffic; both null: none is sold. */
    packBytes: p.bigint("number").nullable(),
    packPrices: p.json<Partial<Record<Currency, number>>>().nullable(),
    /** Groups of locations that it is for; null: all locations. */
    locationGroups: p.json<readonly string[]>().nullable(),
    sort: p.integer(),
    hidden: p.boolean(),
    trial: p.boolean(),
    /** Removed from the owner's file: its versions stay for the payments made with them. */
    retired: p.boolean(),
    /** An admin made this version: the plan no longer follows the owner's file. */
    edited: p.boolean().default(false),
    importedAt: p.datetime().defaultRaw("now()"),
  },
});
