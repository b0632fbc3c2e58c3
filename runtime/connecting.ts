import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";

/**
 * How long to try one address of a name before the next, for everything in this process that
 * connects: `fetch`, telegraf's agent, the drivers of PostgreSQL and Redis. (gRPC resolves names
 * itself and tries their addresses in parallel.) Node's own 250 ms is too short for a slow line or
 * one lost packet, which is repeated after a second; where the name's other address is of a family
 * without a route, the connection then fails.
 */
const attemptTimeoutMs = 2_000;

/** From now on connections try IPv4 and IPv6 for two seconds each. */
export function extendConnectAttempts(): void {
  setDefaultAutoSelectFamilyAttemptTimeout(attemptTimeoutMs);
}
