import * as fc from "fast-check";
import { expect, test } from "vitest";
import { batchesOf, mostPerMinute, roomPauseMs } from "../../../domain/access/host-migration.ts";
import { minuteMs } from "../../../domain/time.ts";

test("no more devices than the rate move in a minute, and no fewer than nine tenths of it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: mostPerMinute }), (rate) => {
      const { size, everyMs } = batchesOf(rate);
      const perMinute = (size * minuteMs) / everyMs;
      expect(perMinute).toBeLessThanOrEqual(rate);
      expect(perMinute).toBeGreaterThan(rate * 0.9);
    }),
  );
});

test("room is looked for less and less often, and at least every five minutes", () => {
  expect([1, 2, 3, 4, 99].map((tries) => roomPauseMs(tries) / minuteMs)).toEqual([1, 2, 4, 5, 5]);
});
