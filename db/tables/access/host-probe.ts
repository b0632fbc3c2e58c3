import { defineEntity, p } from "@mikro-orm/postgresql";

/** What one place last found of a host's data plane. */
export const HostProbeTable = defineEntity({
  name: "HostProbe",
  tableName: "host_probes",
  properties: {
    hostId: p.uuid().primary(),
    /** The worker, or the name of a probe agent. */
    source: p.text().primary(),
    verdict: p.enum(["unknown", "well", "sick"] as const),
    /** Since when it is so; null while it is not known. */
    since: p.datetime().nullable(),
    /** How many tries in a row spoke against the verdict. */
    against: p.integer(),
    probedAt: p.datetime(),
    /** Of the last try, if it was answered. */
    latencyMs: p.integer().nullable(),
    /** What the last try found wrong, in words for operators. */
    trouble: p.text().nullable(),
    /** Since when admins know that it is blocked from here. */
    blockedSince: p.datetime().nullable(),
  },
});
