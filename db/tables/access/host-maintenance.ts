import { defineEntity, p } from "@mikro-orm/postgresql";
import type { MaintenanceTexts } from "../../../domain/access/maintenance.ts";

/** A time in which a host was worked on, announced by an admin. */
export const HostMaintenanceTable = defineEntity({
  name: "HostMaintenance",
  tableName: "host_maintenances",
  properties: {
    id: p.uuid().primary(),
    hostId: p.uuid(),
    /** In the admin's words; the usual ones in a language that is missing. */
    texts: p.json<MaintenanceTexts>(),
    /** When it should be over, as customers are told; it ends when an admin says so. */
    until: p.datetime().nullable(),
    startedAt: p.datetime(),
    endedAt: p.datetime().nullable(),
    /** Whether the time that it has cost is given back; null: nobody has said so. */
    giveBack: p.enum(["running", "done"] as const).nullable(),
  },
});
