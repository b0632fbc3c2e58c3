import { defineEntity, p } from "@mikro-orm/postgresql";

const TrafficCounterSchema = defineEntity({
  name: "TrafficCounter",
  tableName: "traffic_counters",
  properties: {
    deviceId: p.uuid().primary(),
    publicKey: p.text(),
    epoch: p.text(),
    uploadedRaw: p.bigint("number"),
    downloadedRaw: p.bigint("number"),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
    lastHandshakeAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
});

export class TrafficCounterRow extends TrafficCounterSchema.class {}
TrafficCounterSchema.setClass(TrafficCounterRow);

const TrafficDaySchema = defineEntity({
  name: "TrafficDay",
  tableName: "traffic_daily",
  properties: {
    deviceId: p.uuid().primary(),
    day: p.date().primary(),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
  },
});

export class TrafficDayRow extends TrafficDaySchema.class {}
TrafficDaySchema.setClass(TrafficDayRow);
