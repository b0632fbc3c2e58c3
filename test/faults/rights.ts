import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { connectHost, type HostSettings } from "../../gateways/hosts/registry.ts";
import { hostName } from "../drivers/processes.ts";

/** Something that is wrong. */
export interface Finding {
  /** A payment, a subscription, a charge or a cause. */
  readonly about: string;
  readonly details: string;
}

interface Right {
  readonly identity: string;
  readonly subscriptionId: string;
  readonly letIn: boolean;
}

/**
 * Reads every access that is on this host or has no host yet, and whether its owner may connect
 * now: neither blocked nor revoked, with time or grace left, and with traffic; and whether the device
 * is among the oldest, as many as plan and bought places allow (nobody chooses others here). Written
 * from the promise; the product has its own rule.
 */
async function readRights(em: EntityManager, host: string): Promise<Right[]> {
  const rows = await queriesOf(em.fork())
    .selectFrom("accesses as a")
    .innerJoin("devices as d", "d.id", "a.deviceId")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .leftJoin("hosts as h", "h.id", "a.hostId")
    .select([
      "a.identity",
      "a.retiredAt",
      "d.id as device",
      "a.subscriptionId",
      "s.paidUntil",
      "s.graceMs",
    ])
    .select([
      "s.revokedAt",
      "s.trafficLimitBytes",
      "s.trafficPeriodEndsAt",
      "s.trafficBaseBytes",
      "s.movedBytes",
      "s.deviceLimit",
      "c.status",
      "h.name as host",
    ])
    .select((of) =>
      of
        .selectFrom("add_ons as o")
        .select(of.fn.countAll<number>().as("count"))
        .whereRef("o.subscriptionId", "=", "s.id")
        .where("o.kind", "=", "device")
        .whereRef("o.returnedMinor", "<", "o.priceMinor")
        .where("o.until", ">", new Date())
        .as("extra"),
    )
    .orderBy("d.createdAt")
    .orderBy("d.id")
    .execute();
  const seen = new Map<string, string[]>();
  const rights = rows.map((row) => {
    const limit = row.trafficLimitBytes;
    const endMs = row.paidUntil === null ? 0 : row.paidUntil.getTime() + row.graceMs;
    const periodEndMs = row.trafficPeriodEndsAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const isWithin = limit === null || row.movedBytes - row.trafficBaseBytes < limit;
    const hasTraffic = isWithin || periodEndMs <= Date.now();
    const isShutOut = row.status === "blocked" || row.revokedAt !== null;
    // One that moves to another host is on both for a while, and is one device.
    const isRetired = row.retiredAt !== null && row.retiredAt.getTime() <= Date.now();
    const devices = seen.get(row.subscriptionId) ?? [];
    const isNew = !isRetired && !devices.includes(row.device);
    if (isNew) seen.set(row.subscriptionId, [...devices, row.device]);
    const place = isNew ? devices.length : devices.indexOf(row.device);
    const hasRoom = place < row.deviceLimit + (row.extra ?? 0);
    const isLiving = !isRetired && !isShutOut && Date.now() < endMs;
    const letIn = isLiving && hasTraffic && hasRoom;
    return { identity: row.identity, subscriptionId: row.subscriptionId, letIn, host: row.host };
  });
  return rights.filter((right) => right.host === null || right.host === host);
}

/**
 * The identities that a host lets in, without a panel's users who are shut out, and without the
 * peer by which the worker probes an interface: that one has no address, and carries nothing.
 */
export async function listServing(settings: HostSettings): Promise<string[]> {
  const { peers } = await connectHost(settings).list();
  return peers
    .filter(({ addresses, user }) => user?.isLetIn ?? addresses.length > 0)
    .map(({ identity }) => identity);
}

/**
 * Finds accesses with a right that are not on the host, and peers on it without a right.
 * @throws Error when the host has not been started.
 */
export async function findDifferencesOnHost(
  em: EntityManager,
  settings: HostSettings | undefined,
  name = hostName,
): Promise<Finding[]> {
  if (settings === undefined) throw new Error("the host has not been started");
  const there = new Set(await listServing(settings));
  const rights = await readRights(em, name);
  const known = new Set(rights.map(({ identity }) => identity));
  const strangers = [...there].filter((identity) => !known.has(identity));
  return [
    ...rights
      .filter(({ identity, letIn }) => there.has(identity) !== letIn)
      .map(({ subscriptionId, letIn }) => ({
        about: subscriptionId,
        details: letIn ? "its device is not on the host" : "its device is still on the host",
      })),
    ...strangers.map((key) => ({ about: "the host", details: `an unknown peer: ${key}` })),
  ];
}
