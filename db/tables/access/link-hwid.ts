import { defineEntity, p } from "@mikro-orm/postgresql";

/** A phone or computer that has fetched a device's link, as its app names it (`x-hwid`). */
export const LinkHwidTable = defineEntity({
  name: "LinkHwid",
  tableName: "link_hwids",
  properties: {
    deviceId: p.uuid().primary(),
    /** SHA-256 of the device's id and the HWID, in base64url. */
    hash: p.text().primary(),
    /** Model and system, as its app names them. */
    name: p.text(),
    addedAt: p.datetime().defaultRaw("now()"),
  },
});
