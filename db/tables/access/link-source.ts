import { defineEntity, p } from "@mikro-orm/postgresql";

/** Where the servers behind a device's link are fetched from: the panel's own link. */
export const LinkSourceTable = defineEntity({
  name: "LinkSource",
  tableName: "link_sources",
  properties: {
    accessId: p.uuid().primary(),
    /** Of the link that can open it: after a new link it is found again. */
    tokenHash: p.text(),
    /** Sealed with a key that is derived from the link's token. */
    sourceSealed: p.text(),
    foundAt: p.datetime().defaultRaw("now()"),
  },
});
