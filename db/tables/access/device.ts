import { defineEntity, p } from "@mikro-orm/postgresql";

export const DeviceTable = defineEntity({
  name: "Device",
  tableName: "devices",
  properties: {
    id: p.uuid().primary(),
    subscriptionId: p.uuid(),
    name: p.text(),
    /** Where its owner wants it; null: anywhere, the quickest. */
    locationId: p.uuid().nullable(),
    /** When its owner last chose to use it before their other devices. */
    chosenAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
