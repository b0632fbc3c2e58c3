import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shownKeyCause } from "../../../domain/messaging/message.ts";
import { addMs, instant } from "../../../domain/time.ts";

const now = instant("2026-11-21T10:00:00Z");

test("a double tap within ten seconds of the clock sends the key once, a later press sends it again", () =>
  fc.assert(
    fc.property(fc.nat(60_000), fc.nat(60_000), (first, second) => {
      const [one, other] = [first, second].map((ms) => shownKeyCause("r1", addMs(now, ms)));
      expect(one === other).toBe(Math.floor(first / 10_000) === Math.floor(second / 10_000));
      expect(shownKeyCause("r2", addMs(now, first))).not.toBe(one);
    }),
  ));
