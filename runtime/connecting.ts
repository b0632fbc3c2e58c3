import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";

/**
 * How long to try one address of a name before the next, for everything in this process that
 * connects: `fetch`, telegraf's agent, the drivers of PostgreSQL and Redis. (gRPC resolves names
 * itself and tries their addresses in parallel.) Node's own 250 ms is too short for a slow line or
 * one lost packet, which is repeated after a second; where the name's other address is of a family
 * without a route, the connection then fails.
 */
const attemptTimeoutMs = 2_000;

// Imported for this effect by every process, and by every module that calls a provider, so that it
// holds in each tool too.
setDefaultAutoSelectFamilyAttemptTimeout(attemptTimeoutMs);
