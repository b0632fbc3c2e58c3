import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";

/**
 * How long one address of a name is tried before the next. Node's own 250 ms give up a line that is slow, or
 * that lost one packet: the first repeat comes after a second. Where the other address is of a family without a
 * route, nothing is left then.
 */
const attemptTimeoutMs = 2_000;

// Imported by whatever calls a provider, so that it holds in every process that does, and in tools.
setDefaultAutoSelectFamilyAttemptTimeout(attemptTimeoutMs);
