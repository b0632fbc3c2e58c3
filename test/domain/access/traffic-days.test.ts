import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fillDays, scaleFor } from "../../../domain/access/traffic-days.ts";

test("each day up to the last one is there once, in order, with what was counted on it", () => {
  const counted = [
    { day: "2028-03-01", uploaded: 1, downloaded: 2 },
    { day: "2028-02-28", uploaded: 3, downloaded: 4 },
    { day: "2028-01-01", uploaded: 5, downloaded: 6 },
  ];
  expect(fillDays(counted, { last: "2028-03-01", count: 3 })).toEqual([
    { day: "2028-02-28", uploaded: 3, downloaded: 4 },
    { day: "2028-02-29", uploaded: 0, downloaded: 0 },
    { day: "2028-03-01", uploaded: 1, downloaded: 2 },
  ]);
});

test("a scale holds what it is for in one to four steps, and wastes less than one", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      const { step, steps } = scaleFor(bytes);
      expect(steps).toBeGreaterThanOrEqual(1);
      expect(steps).toBeLessThanOrEqual(4);
      expect(step * steps).toBeGreaterThanOrEqual(bytes);
      expect(step * (steps - 1)).toBeLessThanOrEqual(bytes);
    }),
  );
});

test.each([
  [0, 1, 1],
  [1.3 * 1024 ** 3, 0.5 * 1024 ** 3, 3],
  [3.4 * 1024 ** 3, 1024 ** 3, 4],
  [900 * 1024 ** 2, 500 * 1024 ** 2, 2],
])("the steps for %d bytes are of a round number of their unit", (bytes, step, steps) => {
  expect(scaleFor(bytes)).toEqual({ step, steps });
});
