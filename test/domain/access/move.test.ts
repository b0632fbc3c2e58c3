import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  giveSuccessor,
  type HeldAccess,
  isRetired,
  moveAway,
  takeBack,
  untilFollowed,
  useSuccessor,
} from "../../../domain/access/move.ts";
import { addMs, hourMs, type Instant, instant } from "../../../domain/time.ts";

const start = instant("2026-11-29T10:00:00Z");

const longestOverlapMs = 90 * hourMs;
const step = fc.oneof(
  fc.record({
    kind: fc.constant("move" as const),
    overlapMs: fc.constantFrom(1, hourMs, longestOverlapMs),
  }),
  fc.record({ kind: fc.constantFrom("give" as const, "use" as const, "takeBack" as const) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 2 * hourMs }) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

interface Device {
  readonly held: readonly HeldAccess[];
  readonly now: Instant;
  /** Of the current access. */
  readonly overlapMs: number;
  /** The last key that the owner was sent. */
  readonly key: string;
}

const first: Device = {
  held: [{ id: "0", isGiven: true, retiredAt: undefined }],
  now: start,
  overlapMs: 0,
  key: "0",
};

const currentOf = ({ held }: Device) => held.find(({ retiredAt }) => retiredAt === undefined)!;

function play(device: Device, one: Step): Device {
  const { held, now, overlapMs } = device;
  switch (one.kind) {
    case "wait":
      return { ...device, now: addMs(now, one.ms) };
    case "move": {
      const left = moveAway(held, { mayUse: true, overlapMs: one.overlapMs, now });
      const successor = { id: `${held.length}`, isGiven: false, retiredAt: undefined };
      return { ...device, held: [...left, successor], overlapMs: one.overlapMs };
    }
    case "give": {
      if (currentOf(device).isGiven) return device;
      const given = giveSuccessor(held, { overlapMs, now });
      return { ...device, held: given, key: currentOf(device).id };
    }
    case "use":
      return currentOf(device).isGiven ? { ...device, held: useSuccessor(held, now) } : device;
    case "takeBack":
      return { ...device, held: takeBack(held, now) };
  }
}

const histories = fc.array(step, { maxLength: 40 });

test("however a device is moved, its owner has one current access and never loses the last key that they were sent", () => {
  fc.assert(
    fc.property(histories, (history) => {
      let device = first;
      for (const one of history) {
        device = play(device, one);
        const { held, now, key } = device;
        expect(held.filter(({ retiredAt }) => retiredAt === undefined)).toHaveLength(1);
        expect(held.filter(({ retiredAt }) => retiredAt === untilFollowed).length).toBeLessThan(2);
        const mine = held.find(({ id }) => id === key);
        expect(mine && isRetired(mine, now)).toBe(false);
      }
      // Once the new one is there, nothing else lasts longer than its overlap.
      if (!currentOf(device).isGiven) device = play(device, { kind: "give" });
      const endsBy = addMs(device.now, longestOverlapMs);
      const living = device.held.filter((access) => !isRetired(access, endsBy));
      expect(living).toEqual([currentOf(device)]);
    }),
    { numRuns: 1_000 },
  );
});

test("a move that is taken back before its host has it leaves the device as it was", () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(hourMs, 5 * hourMs), (history, overlapMs) => {
      const before = history.reduce(play, first);
      fc.pre(currentOf(before).isGiven);
      const after = play(play(before, { kind: "move", overlapMs }), { kind: "takeBack" });
      expect(after.held.slice(0, -1)).toEqual(before.held);
      expect(after.held.at(-1)?.retiredAt).toBe(before.now);
    }),
  );
});

test("nothing overlaps where nobody uses the old access, or where there is to be no overlap", () => {
  const given: HeldAccess = { id: "0", isGiven: true, retiredAt: undefined };
  const end = (held: HeldAccess, terms: { mayUse: boolean; overlapMs: number }) =>
    moveAway([held], { ...terms, now: start })[0]?.retiredAt;
  expect(end(given, { mayUse: true, overlapMs: hourMs })).toBe(untilFollowed);
  expect(end(given, { mayUse: false, overlapMs: hourMs })).toBe(start);
  expect(end(given, { mayUse: true, overlapMs: 0 })).toBe(start);
  expect(end({ ...given, isGiven: false }, { mayUse: true, overlapMs: hourMs })).toBe(start);
});
