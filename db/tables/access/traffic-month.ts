import { defineEntity, p } from "@mikro-orm/postgresql";

/** Days of a month that are long over, added up; with the month's `traffic_daily` it is whole. */
export const TrafficMonthTable = defineEntity({
  name: "TrafficMonth",
  tableName: "traffic_months",
  properties: {
    deviceId: p.uuid().primary(),
    /** Its first day. */
    month: p.date().primary(),
    /** Null: from before traffic was counted by host. */
    hostId: p.uuid().nullable(),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
  },
});
