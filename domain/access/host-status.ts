import type { Instant } from "../time.ts";

/** What the public may know of a host. */
export interface PublicHost {
  /** What one customer's server is: no name of ours, and no address. */
  readonly state: "works" | "down" | "unknown";
  /** Since when it is down. */
  readonly since: Instant | undefined;
}

/** A group of hosts, as the status page shows it. */
export interface StatusGroup {
  /** Its place in the list, from 1. */
  readonly number: number;
  /** `partly`: some of its hosts are down. */
  readonly state: "works" | "partly" | "down" | "unknown";
  readonly since: Instant | undefined;
}

/** The groups of the status page, in its order: each host is one of its own. */
export const groupsOf = (hosts: readonly PublicHost[]): readonly StatusGroup[] =>
  hosts.map((host, index) => statusOf(index + 1, [host]));

/** What a group of hosts is together; one that is not known does not count beside others. */
export function statusOf(number: number, hosts: readonly PublicHost[]): StatusGroup {
  const known = hosts.filter(({ state }) => state !== "unknown");
  const down = known.filter(({ state }) => state === "down");
  const [since] = down.flatMap((one) => one.since ?? []).toSorted();
  if (known.length === 0) return { number, state: "unknown", since: undefined };
  if (down.length === 0) return { number, state: "works", since: undefined };
  return { number, state: down.length === known.length ? "down" : "partly", since };
}
