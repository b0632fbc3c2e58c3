import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type PublicHost, statusOf } from "../../../domain/access/host-status.ts";
import { instant } from "../../../domain/time.ts";

const host = fc
  .record({
    state: fc.constantFrom("works" as const, "down" as const, "unknown" as const),
    second: fc.nat(59),
  })
  .map(({ state, second }): PublicHost => ({
    state,
    since: state === "down" ? instant(second * 1_000) : undefined,
  }));

test("a group is down when all of its hosts are that are known, and partly when some are", () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 6 }), (hosts) => {
      const { state, since } = statusOf(1, hosts);
      const states = new Set(hosts.map((one) => one.state));
      const isDown = states.has("down");
      const isWell = states.has("works");
      const expected = isDown ? (isWell ? "partly" : "down") : isWell ? "works" : "unknown";
      expect(state).toBe(expected);
      const first = hosts.flatMap((one) => one.since ?? []).toSorted()[0];
      expect(since).toBe(first);
    }),
  );
});
