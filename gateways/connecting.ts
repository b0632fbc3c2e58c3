import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";

/**
 * How long to try one address of a name before the next. Node's own 250 ms is too short for a slow
 * line or one lost packet, which is repeated after a second; where the other address is of a family
 * without a route, the connection then fails.
 */
const attemptTimeoutMs = 2_000;

// Imported by every module that calls a provider, so that it holds in every process and tool.
setDefaultAutoSelectFamilyAttemptTimeout(attemptTimeoutMs);
