import * as fc from "fast-check";
import type { Trouble } from "./gateway-driver.ts";

/** How long a gateway waits before it drops the connection: the answer is lost in any case. */
const holdMs = 50;

/**
 * Faults that every gateway has at times, for these methods: answers that are lost although the
 * work was done, server errors, and rate limits for a second.
 */
export const callTroubles = (methods: readonly string[]): fc.Arbitrary<Trouble> =>
  fc.record({
    kind: fc.constantFrom("timeout-after-success", "drop-connection", "500", "502", "429"),
    method: fc.constantFrom(...methods),
    times: fc.integer({ min: 1, max: 2 }),
    hold_ms: fc.constant(holdMs),
  });
