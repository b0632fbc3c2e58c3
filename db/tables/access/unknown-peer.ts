import { defineEntity, p } from "@mikro-orm/postgresql";

/**
 * A peer in our address pool whose key nobody knows: admins are asked once, then it is removed. Its addresses
 * are given to nobody while the host has it.
 */
export const UnknownPeerTable = defineEntity({
  name: "UnknownPeer",
  tableName: "unknown_peers",
  properties: {
    hostId: p.uuid().primary(),
    identity: p.text().primary(),
    addresses: p.json<readonly string[]>(),
    /** Names the question that is asked about it; those that are found together are asked about together. */
    batch: p.text(),
    state: p.enum(["found", "asked", "remove", "keep"] as const),
    seenAt: p.datetime().defaultRaw("now()"),
    decidedAt: p.datetime().nullable(),
  },
});
