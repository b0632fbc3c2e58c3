import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Currency } from "../../domain/money.ts";
import { type LotTerms, lotKinds } from "../../domain/access/time-lots.ts";

export const HostTable = defineEntity({
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
    /** Secret: the reader role may not select it. */
    settingsEncrypted: p.text(),
    epoch: p.text().nullable(),
    seenAt: p.datetime().nullable(),
    /** Since when it does not answer, and what it last failed with; null while it answers. */
    awaySince: p.datetime().nullable(),
    trouble: p.text().nullable(),
    /** How many peers an admin has said that one full comparison may take off it. */
    removalsAllowed: p.integer().default(0),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

export const SubscriptionTable = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid().unique(),
    plan: p.text(),
    /** Null for the built-in trial and for what was never bought. */
    planVersion: p.integer().nullable(),
    deviceLimit: p.integer(),
    graceMs: p.bigint("number").default(0),
    /** Null: no limit. What was moved before `trafficBaseBytes` does not count. */
    trafficLimitBytes: p.bigint("number").nullable(),
    trafficBaseBytes: p.bigint("number").default(0),
    /** All that its devices have ever moved, up and down together. */
    movedBytes: p.bigint("number").default(0),
    /** Derived from its time lots; null while no time was ever given. */
    paidUntil: p.datetime().nullable(),
    /** Since when the present time runs: reminders of time shorter than their notice are not sent. */
    timeGivenAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

/** Insert-only: the causes of a subscription's time, in the order in which they were booked. */
export const TimeLotTable = defineEntity({
  name: "TimeLot",
  tableName: "time_lots",
  properties: {
    /** What it is about, e.g. `trial/<subscription>`, `payment/<payment>`: one cause counts once. */
    cause: p.text().primary(),
    /** Made by the database. */
    seq: p.bigint("number").defaultRaw("identity").unique(),
    subscriptionId: p.uuid(),
    kind: p.enum(lotKinds),
    /** The lot that is meant: its own cause, or, for a return, the cause of the lot that shrinks. */
    lot: p.text(),
    ms: p.bigint("number"),
    /** What was paid for it. Null for free time. */
    priceMinor: p.bigint("number").nullable(),
    currency: p.text().$type<Currency>().nullable(),
    terms: p.json<LotTerms>().nullable(),
    /** For a return: how much of the lot's price is back or on its way back, in all. */
    returnedMinor: p.bigint("number").nullable(),
    at: p.datetime(),
    /** The end of all time after this row, so that an auditor can replay it. */
    paidUntil: p.datetime(),
  },
});

export const DeviceTable = defineEntity({
  name: "Device",
  tableName: "devices",
  properties: {
    id: p.uuid().primary(),
    subscriptionId: p.uuid(),
    name: p.text(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

/** A device's right on one host with its credentials. A new key is a new row; the old one is retired. */
export const AccessTable = defineEntity({
  name: "Access",
  tableName: "accesses",
  properties: {
    id: p.uuid().primary(),
    deviceId: p.uuid(),
    subscriptionId: p.uuid(),
    /** Null until there is time and a host with room. */
    hostId: p.uuid().nullable(),
    /** Its name on the host: for AmneziaWG the public key. */
    identity: p.text().unique(),
    address: p.text().nullable(),
    /** JSON of what only the customer and the host may know; sealed for `access/<id>`. */
    secretsEncrypted: p.text(),
    /** SHA-256 of the preshared key, base64: compared with what the host holds, without decryption. */
    presharedHash: p.text(),
    /** The request that made it: the same request makes no second one. */
    requestId: p.text().unique(),
    /** Since when it must not be on its host any more, whatever the subscription is. */
    retiredAt: p.datetime().nullable(),
    /** Whether the host was last seen or made to let it in. */
    onHost: p.boolean().default(false),
    /** The host was asked to let it in, and what came of it is not written: it may be there. */
    putBegun: p.boolean().default(false),
    /** Why the host would not take it; null: it did, or was not asked. */
    refusal: p.text().nullable(),
    placedAt: p.datetime().nullable(),
    /** When its host first had it: then its owner was sent the key. */
    givenAt: p.datetime().nullable(),
    /** When the host was seen to have it no more, after it was retired. */
    removedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
  },
});

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

export const TrafficCounterTable = defineEntity({
  name: "TrafficCounter",
  tableName: "traffic_counters",
  properties: {
    /** The identity on its host. */
    identity: p.text().primary(),
    deviceId: p.uuid(),
    epoch: p.text(),
    uploadedRaw: p.bigint("number"),
    downloadedRaw: p.bigint("number"),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
    lastHandshakeAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
});

export const TrafficDayTable = defineEntity({
  name: "TrafficDay",
  tableName: "traffic_daily",
  properties: {
    deviceId: p.uuid().primary(),
    day: p.date().primary(),
    uploaded: p.bigint("number"),
    downloaded: p.bigint("number"),
  },
});
