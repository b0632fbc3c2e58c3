import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";

/**
 * How long one address of a name is tried before the next, by everything in this process that connects:
 * `fetch`, telegraf's agent, the drivers of PostgreSQL and Redis. (gRPC resolves names itself and tries their
 * addresses side by side.) Node's own 250 ms give up a line that is slow, or that lost one packet: the first
 * repeat comes after a second. Where the name's other address is of a family without a route, nothing is left.
 */
const attemptTimeoutMs = 2_000;

/** Tries IPv4 and IPv6 for two seconds each, from now on. */
export function tryEachFamilyLongEnough(): void {
  setDefaultAutoSelectFamilyAttemptTimeout(attemptTimeoutMs);
}
