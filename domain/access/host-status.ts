import type { Instant } from "../time.ts";
import type { Location } from "./location.ts";

/** Where a host is, as customers know it. */
export type PublicPlace = Pick<Location, "code" | "flag" | "names">;

/** What the public may know of a host. */
export interface PublicHost {
  /** What one customer's server is: no name of ours, and no address. */
  readonly state: "works" | "maintenance" | "down" | "unknown";
  /** Since when it is down, or in maintenance. */
  readonly since: Instant | undefined;
  /** Undefined: it is in no location that everybody may see. */
  readonly place: PublicPlace | undefined;
}

/** A group of hosts, as the status page shows it: a location, or a host that is in none. */
export interface StatusGroup {
  readonly place: PublicPlace | undefined;
  /** Its place among those without a location, from 1. */
  readonly number: number;
  /** `partly`: some of its hosts are down; `partMaintenance`: some are in maintenance. */
  readonly state: PublicHost["state"] | "partly" | "partMaintenance";
  readonly since: Instant | undefined;
}

/** The groups of the status page: locations in the order of their first hosts, then the others. */
export function groupsOf(hosts: readonly PublicHost[]): readonly StatusGroup[] {
  const located = hosts.filter(({ place }) => place !== undefined);
  const byCode = Map.groupBy(located, ({ place }) => place?.code);
  const others = hosts.filter(({ place }) => place === undefined);
  return [
    ...[...byCode.values()].map((some) => statusOf(0, some)),
    ...others.map((host, index) => statusOf(index + 1, [host])),
  ];
}

/** What a group of hosts is together; one that is not known does not count beside others. */
export function statusOf(number: number, hosts: readonly PublicHost[]): StatusGroup {
  const known = hosts.filter(({ state }) => state !== "unknown");
  const down = known.filter(({ state }) => state === "down");
  const maintained = known.filter(({ state }) => state === "maintenance");
  const off = down.length > 0 ? down : maintained;
  const [since] = off.flatMap((one) => one.since ?? []).toSorted();
  const group = { place: hosts[0]?.place, number, since: undefined };
  if (known.length === 0) return { ...group, state: "unknown" };
  if (off.length === 0) return { ...group, state: "works" };
  const isAll = off.length === known.length;
  if (down.length > 0) return { ...group, state: isAll ? "down" : "partly", since };
  return { ...group, state: isAll ? "maintenance" : "partMaintenance", since };
}

/** What all groups are together: trouble counts before maintenance. */
export function overallOf(
  groups: readonly StatusGroup[],
): "works" | "someMaintenance" | "allMaintenance" | "trouble" {
  const states = new Set(groups.map(({ state }) => state));
  if (states.has("down") || states.has("partly")) return "trouble";
  if (states.has("partMaintenance")) return "someMaintenance";
  if (!states.has("maintenance")) return "works";
  return states.size === 1 ? "allMaintenance" : "someMaintenance";
}
