import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Allowance, allowanceAfter, isUsedUp } from "../../../domain/access/allowance.ts";
import { instant } from "../../../domain/time.ts";

const bytes = fc.nat(10 ** 12);
const allowance: fc.Arbitrary<Allowance> = fc.record({
  limitBytes: fc.option(fc.integer({ min: 1, max: 10 ** 12 }), { nil: undefined }),
  baseBytes: bytes,
  packBytes: fc.constant(0),
  period: fc.constant(undefined),
});
const at = { now: instant("2026-11-21T10:00:00Z"), zone: "UTC", hasTime: true };

test("a purchase adds its traffic to what was left, and what was used stays used", () =>
  fc.assert(
    fc.property(allowance, bytes, fc.integer({ min: 1, max: 10 ** 12 }), (had, used, planLimit) => {
      const total = had.baseBytes + used;
      const now = allowanceAfter(had, { trafficLimitBytes: planLimit }, total, at);
      const left = had.limitBytes === undefined ? 0 : Math.max(0, had.limitBytes - used);
      expect(isUsedUp(now, total + left + planLimit - 1)).toBe(false);
      expect(isUsedUp(now, total + left + planLimit)).toBe(true);
    }),
  ));

test("without a limit nothing is ever used up", () =>
  fc.assert(
    fc.property(allowance, bytes, bytes, (had, total, later) => {
      expect(isUsedUp(allowanceAfter(had, {}, total, at), total + later)).toBe(false);
    }),
  ));
