import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BoughtPack,
  returnPack,
  usePacks,
  withPack,
} from "../../../domain/access/traffic-pack.ts";

const gb = 2 ** 30;
const price = 10_000;
const bought = (bytes: number): BoughtPack => ({ bytes, price, returned: 0, takenBytes: 0 });

const change = fc.oneof(
  fc.record({ kind: fc.constant("return" as const), returned: fc.integer({ min: 0, max: price }) }),
  fc.record({ kind: fc.constant("move" as const), bytes: fc.integer({ min: 0, max: 4 * gb }) }),
);

const history = fc.record({
  bytes: fc.integer({ min: 1, max: 10 * gb }),
  planBytes: fc.integer({ min: 0, max: 10 * gb }),
  baseBytes: fc.integer({ min: 0, max: gb }),
  usedBytes: fc.integer({ min: 0, max: 20 * gb }),
  changes: fc.array(change, { maxLength: 12 }),
});

test("however money goes back and forth, a refund takes no more than its share, and never what is used", () =>
  fc.assert(
    fc.property(history, ({ bytes, planBytes, baseBytes, usedBytes, changes }) => {
      let limitBytes = withPack(planBytes, bytes)!;
      let movedBytes = baseBytes + usedBytes;
      let pack = bought(bytes);
      for (const one of changes) {
        if (one.kind === "move") {
          movedBytes += one.bytes;
          continue;
        }
        const before = limitBytes;
        const ofPack = Math.max(0, movedBytes - baseBytes - planBytes);
        const [leftBytes] = usePacks([bytes - pack.takenBytes], ofPack);
        const after = returnPack(pack, one.returned, { limitBytes, leftBytes: leftBytes! });
        pack = after.pack;
        limitBytes = after.limitBytes!;
        const used = movedBytes - baseBytes;
        expect(limitBytes).toBe(planBytes + bytes - pack.takenBytes);
        expect(limitBytes).toBeGreaterThanOrEqual(Math.min(before, used));
        expect(pack.takenBytes).toBeGreaterThanOrEqual(0);
        expect(pack.takenBytes).toBeLessThanOrEqual((bytes * one.returned) / price);
        expect(one.returned > 0 || limitBytes === planBytes + bytes).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  ));

test("half of the price takes half of an unused pack, and the whole price all of it", () => {
  const half = returnPack(bought(10 * gb), price / 2, { limitBytes: 15 * gb, leftBytes: 10 * gb });
  expect(half.limitBytes).toBe(10 * gb);
  // 8 GB are used: all 5 of the plan, and 3 of the pack.
  const all = returnPack(half.pack, price, { limitBytes: 10 * gb, leftBytes: 2 * gb });
  expect(all.limitBytes).toBe(8 * gb);
  const refused = returnPack(all.pack, 0, { limitBytes: 8 * gb, leftBytes: 0 });
  expect(refused.limitBytes).toBe(15 * gb);
});

test("without a limit there is nothing to raise and nothing to take", () => {
  expect(withPack(undefined, gb)).toBeUndefined();
  const after = returnPack(bought(gb), price, { limitBytes: undefined, leftBytes: 0 });
  expect(after).toEqual({ pack: { ...bought(gb), returned: price }, limitBytes: undefined });
});

test("packs are used the oldest first, each to its end before the next", () => {
  expect(usePacks([3, 5, 2], 0)).toEqual([3, 5, 2]);
  expect(usePacks([3, 5, 2], 4)).toEqual([0, 4, 2]);
  expect(usePacks([3, 5, 2], 99)).toEqual([0, 0, 0]);
});
