import { defineEntity, p } from "@mikro-orm/postgresql";

export const DeviceTable = defineEntity({
  name: "Device",
  tableName: "devices",
  properties: {
    id: p.uuid().primary(),
    subscriptionId: p.uuid(),
    name: p.text(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
