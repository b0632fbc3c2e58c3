import { defineEntity, p } from "@mikro-orm/postgresql";

export const TrafficDayTable = defineEntity({
  name: "TrafficDay",
  tableName: "traffic_daily",
  properties: {
    deviceId: p.uuid().primary(),
    day: p.date().primary(),
    /** Null: from before traffic was counted by host. */
    hostId: p.uuid().nullable(),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
  },
});
