import { defineEntity, p } from "@mikro-orm/postgresql";

const DeviceSchema = defineEntity({
  name: "Device",
  tableName: "devices",
  properties: {
    id: p.uuid().primary(),
    subscriptionId: p.uuid(),
    hostId: p.uuid(),
    name: p.text(),
    address: p.text(),
    publicKey: p.text().unique(),
    privateKeyEncrypted: p.text().lazy(),
    presharedKeyEncrypted: p.text().lazy(),
    /** The request that made the present keys: the same request makes no second pair. */
    keysFrom: p.text().lazy(),
    deliveredAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

export class DeviceRow extends DeviceSchema.class {}
DeviceSchema.setClass(DeviceRow);

const RetiredKeySchema = defineEntity({
  name: "RetiredKey",
  tableName: "retired_keys",
  properties: {
    publicKey: p.text().primary(),
    hostId: p.uuid(),
    deviceId: p.uuid(),
    retiredAt: p.datetime().defaultRaw("now()"),
    removedAt: p.datetime().nullable(),
  },
});

export class RetiredKeyRow extends RetiredKeySchema.class {}
RetiredKeySchema.setClass(RetiredKeyRow);
