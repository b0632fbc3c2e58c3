import { defineEntity, p } from "@mikro-orm/postgresql";

/** What an admin has set of the shop: a row for each change, the highest version is in force. */
export const ShopSettingTable = defineEntity({
  name: "ShopSetting",
  tableName: "shop_settings",
  properties: {
    key: p.text().primary(),
    version: p.integer().primary(),
    /** Null: back to what applies without an admin. */
    value: p.text().nullable(),
    /** Its row in the audit log says who changed it, and from what. */
    requestId: p.text(),
    setAt: p.datetime().defaultRaw("now()"),
  },
});
