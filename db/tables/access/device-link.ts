import { defineEntity, p } from "@mikro-orm/postgresql";

/** A device's subscription link, which stays when the device moves to another host. */
export const DeviceLinkTable = defineEntity({
  name: "DeviceLink",
  tableName: "device_links",
  properties: {
    deviceId: p.uuid().primary(),
    /** SHA-256 in base64url, by which a link is found. */
    tokenHash: p.text().unique(),
    /** Sealed for `link/<deviceId>`; the reader role may not select it. */
    tokenEncrypted: p.text(),
    /** The request that made the token; a repeat does not make another. */
    requestId: p.text(),
    madeAt: p.datetime().defaultRaw("now()"),
  },
});
