import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addMonths,
  firstDayKept,
  firstDayOf,
  monthOf,
  monthsInDays,
} from "../../../domain/access/traffic-months.ts";
import { addDays } from "../../../domain/zone.ts";

const days = fc
  .date({ min: new Date("2001-01-01"), max: new Date("2199-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test("the month after one is that of the day after its last, back and forth over any years", () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -30, max: 30 }), (day, count) => {
      let month = monthOf(day);
      for (let step = 0; step < Math.abs(count); step += 1) {
        const first = firstDayOf(month);
        // No month has more than 31 days, and none fewer than 28.
        month = monthOf(count > 0 ? addDays(addDays(first, 27), 4) : addDays(first, -1));
      }
      expect(addMonths(monthOf(day), count)).toBe(month);
    }),
  );
});

test("the days of a chart, of this month and of the months before it are kept as days", () => {
  fc.assert(
    fc.property(days, (today) => {
      const first = firstDayKept(today);
      expect(first.endsWith("-01")).toBe(true);
      expect(first < addDays(today, -29)).toBe(true);
      expect(addMonths(monthOf(first), monthsInDays)).toBe(monthOf(today));
    }),
  );
});
