import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  failuresUntilSick,
  healthOf,
  judgeProbe,
  type SourceHealth,
  successesUntilWell,
  untried,
} from "../../../domain/access/host-health.ts";
import { addMs, instant, minuteMs } from "../../../domain/time.ts";

const start = instant("2026-11-01T00:00:00Z");

const judgeAll = (tries: readonly boolean[]): SourceHealth[] => {
  const found = [untried];
  for (const [index, isWell] of tries.entries())
    found.push(judgeProbe(found.at(-1)!, isWell, addMs(start, index * minuteMs)));
  return found;
};

test("a verdict changes after so many tries in a row, and never before", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (tries) => {
      const found = judgeAll(tries);
      for (const [index, { verdict, since }] of found.entries()) {
        const before = found[index - 1];
        if (before === undefined || before.verdict === verdict) continue;
        expect(since).toBe(addMs(start, (index - 1) * minuteMs));
        const needed = verdict === "sick" ? failuresUntilSick : successesUntilWell;
        const isFirst = before.verdict === "unknown" && verdict === "well";
        const last = tries.slice(Math.max(0, index - (isFirst ? 1 : needed)), index);
        expect(last).toHaveLength(isFirst ? 1 : needed);
        expect(last.every((isWell) => isWell === (verdict === "well"))).toBe(true);
      }
      // The other way round: whoever has failed, or succeeded, often enough is judged so.
      const hasEndedWith = (count: number, isWell: boolean) =>
        tries.length >= count && tries.slice(-count).every((one) => one === isWell);
      const end = found.at(-1)?.verdict;
      expect(!hasEndedWith(failuresUntilSick, false) || end === "sick").toBe(true);
      expect(!hasEndedWith(successesUntilWell, true) || end === "well").toBe(true);
    }),
  );
});

const report = fc.record({
  source: fc.constantFrom("worker", "a", "b", "c"),
  verdict: fc.constantFrom("well" as const, "sick" as const, "unknown" as const),
  ageMs: fc.integer({ min: 0, max: 20 * minuteMs }),
});
const reports = fc.uniqueArray(report, { selector: ({ source }) => source });

test("a host is sick only where every place that tries says so, and otherwise blocked from some", () => {
  fc.assert(
    fc.property(reports, (given) => {
      const now = addMs(start, 60 * minuteMs);
      const seen = given.map(({ ageMs, ...one }) => ({ ...one, probedAt: addMs(now, -ageMs) }));
      const { verdict, blockedFrom } = healthOf(seen, now);
      const speaking = given.filter(
        ({ ageMs, ...one }) => ageMs < 10 * minuteMs && one.verdict !== "unknown",
      );
      const sick = speaking.filter((one) => one.verdict === "sick");
      const well = speaking.filter((one) => one.verdict === "well");
      expect(verdict === "sick").toBe(sick.length > 0 && well.length === 0);
      expect(verdict === "well").toBe(well.length > 0);
      expect(blockedFrom).toEqual(well.length > 0 ? sick.map(({ source }) => source) : []);
    }),
  );
});
