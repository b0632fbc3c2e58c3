import { defineEntity, p } from "@mikro-orm/postgresql";

const HostSchema = defineEntity({
  name: "Host",
  tableName: "hosts",
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    kind: p.text(),
    network: p.text(),
    serverAddress: p.text(),
    capacity: p.integer(),
    weight: p.integer(),
    state: p.enum(["open", "draining", "closed"] as const),
    /** Lazy: only who may read secrets asks for it by name. */
    settingsEncrypted: p.text().lazy(),
    epoch: p.text().nullable(),
    seenAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

export class HostRow extends HostSchema.class {}
HostSchema.setClass(HostRow);
