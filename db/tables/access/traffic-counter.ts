import { defineEntity, p } from "@mikro-orm/postgresql";

export const TrafficCounterTable = defineEntity({
  name: "TrafficCounter",
  tableName: "traffic_counters",
  properties: {
    /** The identity on its host. */
    identity: p.text().primary(),
    deviceId: p.uuid(),
    epoch: p.text(),
    uploadedRaw: p.bigint("number"),
    downloadedRaw: p.bigint("number"),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
    lastHandshakeAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
});
