import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  byClaim,
  deviceLimitAt,
  type DeviceRight,
  isGoingOn,
  pausedBy,
  replacedBy,
  rightsOfDevices,
} from "../../../domain/access/device-rights.ts";
import { addMs, dayMs, type Instant, instant, toMs } from "../../../domain/time.ts";

const now = instant("2031-05-01T00:00:00Z");
const untils = fc
  .array(fc.integer({ min: -10, max: 10 }), { maxLength: 5 })
  .map((days) => days.map((day) => addMs(now, day * dayMs)));
const limits = fc.integer({ min: 0, max: 4 });

const isOn = (right: DeviceRight, at: Instant): boolean =>
  right.kind === "plan" || (right.kind === "bought" && toMs(right.until) > toMs(at));

test("at any moment as many devices are on as plan and purchases allow, and no more, however many there are", () =>
  fc.assert(
    fc.property(
      fc.nat(9),
      limits,
      untils,
      fc.integer({ min: -11, max: 11 }),
      (count, planLimit, extras, day) => {
        const at = addMs(now, day * dayMs);
        const rights = rightsOfDevices(count, planLimit, extras);
        expect(rights).toHaveLength(count);
        const on = rights.filter((right) => isOn(right, at)).length;
        expect(on).toBe(Math.min(count, deviceLimitAt(planLimit, extras, at)));
      },
    ),
  ));

test("the first claim outlasts the next ones: whoever is on later has no device before them off", () =>
  fc.assert(
    fc.property(fc.nat(9), limits, untils, (count, planLimit, extras) => {
      const ends = rightsOfDevices(count, planLimit, extras).map((right) => {
        if (right.kind === "plan") return Infinity;
        return right.kind === "bought" ? toMs(right.until) : -Infinity;
      });
      expect(ends).toEqual(ends.toSorted((a, b) => b - a));
    }),
  ));

test("one bought again brings the newest device back", () => {
  const past = addMs(now, -dayMs);
  const later = addMs(now, dayMs);
  const ofPlan = Array.from({ length: 3 }, () => ({ kind: "plan" }));
  expect(rightsOfDevices(4, 3, [past])).toEqual([...ofPlan, { kind: "bought", until: past }]);
  const both = rightsOfDevices(4, 3, [past, later]);
  expect(both).toEqual([...ofPlan, { kind: "bought", until: later }]);
  expect(rightsOfDevices(3, 3, [past])).toEqual(ofPlan);
});

/** Devices with the rights that they have by a plan and purchases. */
const held = fc
  .record({
    devices: fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        addedAt: fc.integer({ min: -50, max: -1 }).map((day) => addMs(now, day * dayMs)),
        chosenAt: fc.option(
          fc.integer({ min: -50, max: -1 }).map((day) => addMs(now, day * dayMs)),
          { nil: undefined },
        ),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    ),
    planLimit: limits,
    extras: untils,
  })
  .map(({ devices, planLimit, extras }) => {
    const rights = rightsOfDevices(devices.length, planLimit, extras);
    const owned = byClaim(devices).map((device, place) => {
      const right = rights[place]!;
      const endsAt = right.kind === "bought" ? right.until : undefined;
      return { ...device, endsAt, isPaused: right.kind === "paused" };
    });
    return { devices: owned, planLimit, extras };
  });

const namesOn = (
  devices: readonly { id: string; endsAt: Instant | undefined; isPaused: boolean }[],
) => devices.filter((device) => isGoingOn(device, now)).map(({ id }) => id);

test("what a change of plan will turn off is what it turns off, and only what is on", () =>
  fc.assert(
    fc.property(held, limits, ({ devices, extras }, deviceLimit) => {
      const lost = pausedBy(devices, { deviceLimit, extraUntils: extras }, now);
      const rights = rightsOfDevices(devices.length, deviceLimit, extras);
      const after = byClaim(devices).filter((_, place) => isOn(rights[place]!, now));
      const before = new Set(namesOn(devices));
      const kept = after.filter(({ id }) => before.has(id)).length;
      expect(lost.every(({ id }) => before.has(id))).toBe(true);
      expect(lost.length).toBe(before.size - kept);
    }),
  ));

test("a device that is chosen is on, and takes the place of exactly the one that was named", () =>
  fc.assert(
    fc.property(held, fc.nat(7), ({ devices, planLimit, extras }, which) => {
      const chosen = devices[which % Math.max(1, devices.length)];
      const allowed = deviceLimitAt(planLimit, extras, now);
      if (chosen === undefined || isGoingOn(chosen, now) || allowed === 0) return;
      const instead = replacedBy(devices, chosen.id, now);
      const changed = byClaim(
        devices.map((one) => (one.id === chosen.id ? { ...one, chosenAt: now } : one)),
      );
      const rights = rightsOfDevices(changed.length, planLimit, extras);
      const on = changed.filter((_, place) => isOn(rights[place]!, now)).map(({ id }) => id);
      const wanted = [...namesOn(devices).filter((id) => id !== instead?.id), chosen.id];
      expect(new Set(on)).toEqual(new Set(wanted));
    }),
  ));
