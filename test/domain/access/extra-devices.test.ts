import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deviceLimitAt, endsOfDevices } from "../../../domain/access/extra-devices.ts";
import { addMs, dayMs, instant, toMs } from "../../../domain/time.ts";

const now = instant("2031-05-01T00:00:00Z");
const untils = fc
  .array(fc.integer({ min: -10, max: 10 }), { maxLength: 5 })
  .map((days) => days.map((day) => addMs(now, day * dayMs)));

/** How many of these devices may connect at a moment, by their ends alone. */
const countOn = (ends: ReturnType<typeof endsOfDevices>, day: number) =>
  ends.filter((end) => end === undefined || toMs(end) > toMs(addMs(now, day * dayMs))).length;

test("at any moment as many devices are on as the plan and what was bought allow", () =>
  fc.assert(
    fc.property(
      fc.record({
        planLimit: fc.integer({ min: 1, max: 4 }),
        extras: untils,
        beyond: fc.integer({ min: 0, max: 5 }),
        day: fc.integer({ min: -11, max: 11 }),
      }),
      ({ planLimit, extras, beyond, day }) => {
        // Devices are added while there is room, so that each one beyond the plan was bought.
        const count = planLimit + Math.min(beyond, extras.length);
        const ends = endsOfDevices(count, planLimit, extras);
        const limit = deviceLimitAt(planLimit, extras, addMs(now, day * dayMs));
        expect(countOn(ends, day)).toBe(Math.min(count, limit));
      },
    ),
  ));

test("the newest ends first, and what was never bought beside the plan does not end", () =>
  fc.assert(
    fc.property(fc.nat(8), fc.integer({ min: 1, max: 4 }), untils, (count, planLimit, extras) => {
      const ends = endsOfDevices(count, planLimit, extras);
      const bought = Math.max(0, Math.min(count - planLimit, extras.length));
      expect(ends).toHaveLength(count);
      const moments = ends.slice(0, bought).map((end) => toMs(end!));
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(ends.slice(bought)).toEqual(ends.slice(bought).map(() => undefined));
    }),
  ));

test("one bought again brings the newest device back", () => {
  const past = addMs(now, -dayMs);
  const later = addMs(now, dayMs);
  expect(endsOfDevices(4, 3, [past])).toEqual([past, undefined, undefined, undefined]);
  expect(endsOfDevices(4, 3, [past, later])).toEqual([later, undefined, undefined, undefined]);
  expect(endsOfDevices(3, 3, [past])).toEqual([undefined, undefined, undefined]);
});
