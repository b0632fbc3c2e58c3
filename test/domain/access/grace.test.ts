import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graceAfter } from "../../../domain/access/grace.ts";
import { dayMs } from "../../../domain/time.ts";

const bought = fc.option(fc.record({ graceDays: fc.integer({ min: 1, max: 30 }) }), {
  nil: undefined,
});

test("no time left, no grace, whatever was bought; else as many days as the plan that was bought says", () => {
  fc.assert(
    fc.property(fc.integer({ min: -dayMs, max: dayMs }), bought, (leftMs, plan) => {
      const ofTime = plan === undefined ? "ofPlan" : plan.graceDays * dayMs;
      expect(graceAfter({ leftMs, bought: plan })).toBe(leftMs <= 0 ? 0 : ofTime);
    }),
  );
  expect(graceAfter({ leftMs: 1, bought: {} })).toBe(0);
});
