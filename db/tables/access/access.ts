import { defineEntity, p } from "@mikro-orm/postgresql";
import { moveCauses } from "../../../domain/access/move.ts";

/**
 * A device's right on one host with its credentials. A new key is a new row;
 * the old one is retired.
 */
export const AccessTable = defineEntity({
  name: "Access",
  tableName: "accesses",
  properties: {
    id: p.uuid().primary(),
    deviceId: p.uuid(),
    subscriptionId: p.uuid(),
    /** Null until there is time and a host with room. */
    hostId: p.uuid().nullable(),
    /** Its name on the host: the public key, or the name of a panel's user. */
    identity: p.text().unique(),
    address: p.text().nullable(),
    /** IPv6; null: its host has no network of it. */
    address6: p.text().nullable(),
    /** JSON of what only the customer and the host may know; sealed for `access/<id>`. */
    secretsEncrypted: p.text(),
    /** SHA-256 of the preshared key, base64: compared with the host's, without decryption. */
    presharedHash: p.text(),
    /** The request that created it; a repeat does not create another. */
    requestId: p.text().unique(),
    /**
     * Since when it must not be on its host, whatever the subscription's state. Later than now: it
     * has a successor on another host, and both may be used.
     */
    retiredAt: p.datetime().nullable(),
    /** When its device ends before the time does; null: it does not. */
    endsAt: p.datetime().nullable(),
    /** Since when the plan has no room for its device; null: it has. */
    pausedAt: p.datetime().nullable(),
    /**
     * What a panel's counters may show before it stops the user; null: no limit, or not on a panel.
     */
    limitBytes: p.bigint("number").nullable(),
    /** How long the access that it has followed lasts beside it; null: it has followed none. */
    overlapMs: p.bigint("number").nullable(),
    /** Why it has followed another one, on another host. */
    moveCause: p.enum(moveCauses).nullable(),
    /** The migration of a host by which it has come. */
    migrationId: p.uuid().nullable(),
    /** Its device's link leads to it without a new key. */
    keepsKey: p.boolean().default(false),
    /** Whether the host has it, as last seen or changed by us. */
    onHost: p.boolean().default(false),
    /** The host was asked to add it and the result is not recorded yet: it may be there. */
    putBegun: p.boolean().default(false),
    /** Why the host refused it; null: it did not, or was not asked. */
    refusal: p.text().nullable(),
    /** When it was taken over from whoever had made it on its host; null: it is our own. */
    adoptedAt: p.datetime().nullable(),
    /** How many devices a panel lets use it; null: one; 0: any number. */
    deviceLimit: p.integer().nullable(),
    /** False: its owner alone has its private key, so that it cannot be shown again. */
    isKeyKnown: p.boolean().default(true),
    placedAt: p.datetime().nullable(),
    /** When its host first had it and its owner was sent the key. */
    givenAt: p.datetime().nullable(),
    /** When the host no longer had it, after it was retired. */
    removedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});
