import { defineEntity, p } from "@mikro-orm/postgresql";

/**
 * A peer in our address pool with an unknown key; admins are asked once whether to remove it. Its
 * addresses are not assigned while the host has it.
 */
export const UnknownPeerTable = defineEntity({
  name: "UnknownPeer",
  tableName: "unknown_peers",
  properties: {
    hostId: p.uuid().primary(),
    identity: p.text().primary(),
    addresses: p.json<readonly string[]>(),
    /** The question about it; peers found together are asked about together. */
    batch: p.text(),
    state: p.enum(["found", "asked", "remove", "keep"] as const),
    seenAt: p.datetime().defaultRaw("now()"),
    decidedAt: p.datetime().nullable(),
  },
});
