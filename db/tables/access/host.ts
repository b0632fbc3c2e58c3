import { defineEntity, p } from "@mikro-orm/postgresql";

export const HostTable = defineEntity({
  name: "Host",
  tableName: "hosts",
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    kind: p.text(),
    /** Null: its devices have no addresses; they are users of a panel. */
    network: p.text().nullable(),
    /** IPv6; null: its devices have no address of it. */
    network6: p.text().nullable(),
    serverAddress: p.text().nullable(),
    /** Where customers reach it, or the URL of a panel; null: no worker has read its settings yet. */
    endpoint: p.text().nullable(),
    capacity: p.integer(),
    weight: p.integer(),
    /** Null: in no location. */
    locationId: p.uuid().nullable(),
    state: p.enum(["open", "draining", "closed"] as const),
    /** Secret: the reader role may not select it. */
    settingsEncrypted: p.text(),
    epoch: p.text().nullable(),
    seenAt: p.datetime().nullable(),
    /** Since when it does not answer, and the last failure; null while it answers. */
    awaySince: p.datetime().nullable(),
    trouble: p.text().nullable(),
    /** Since when no probe reaches its data plane; null while one does, or nobody has tried. */
    sickSince: p.datetime().nullable(),
    /** The maintenance that it is in; null: it is in none. */
    maintenanceId: p.uuid().nullable(),
    /** How many peers an admin permits one full comparison to remove. */
    removalsAllowed: p.integer().default(0),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
