import { defineEntity, p } from "@mikro-orm/postgresql";
import { hostMigrationStates } from "../../../domain/access/host-migration.ts";

/** A host that all devices are moved away from. */
export const HostMigrationTable = defineEntity({
  name: "HostMigration",
  tableName: "host_migrations",
  properties: {
    id: p.uuid().primary(),
    hostId: p.uuid(),
    /** Null: to any host with room. */
    toHostId: p.uuid().nullable(),
    kind: p.enum(["drain", "lost"] as const),
    ratePerMinute: p.integer(),
    state: p.enum(hostMigrationStates),
    /** No device is moved before. */
    nextBatchAt: p.datetime(),
    /** Since when no other host has room; admins were notified then. */
    waitingSince: p.datetime().nullable(),
    startedAt: p.datetime(),
    endedAt: p.datetime().nullable(),
  },
});
