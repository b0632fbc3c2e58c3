import * as fc from "fast-check";
import type { Trouble } from "./gateway-driver.ts";

/** How long a gateway keeps silent before it drops the line: the answer is lost all the same. */
const holdMs = 50;

/**
 * Answers that are lost although the work was done, servers that break, gates that close for a second: what
 * every gateway does to its callers, now and then, on the way of these methods.
 */
export const callTroubles = (methods: readonly string[]): fc.Arbitrary<Trouble> =>
  fc.record({
    kind: fc.constantFrom("timeout-after-success", "drop-connection", "500", "502", "429"),
    method: fc.constantFrom(...methods),
    times: fc.integer({ min: 1, max: 2 }),
    hold_ms: fc.constant(holdMs),
  });
