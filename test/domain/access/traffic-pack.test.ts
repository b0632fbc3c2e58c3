import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BoughtPack, returnPack, withPack } from "../../../domain/access/traffic-pack.ts";

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
        const after = returnPack(pack, one.returned, {
          allowance: { limitBytes, baseBytes },
          movedBytes,
        });
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
  const allowance = { limitBytes: 15 * gb, baseBytes: 0 };
  const half = returnPack(bought(10 * gb), price / 2, { allowance, movedBytes: gb });
  expect(half.limitBytes).toBe(10 * gb);
  const all = returnPack(half.pack, price, {
    allowance: { ...allowance, limitBytes: 10 * gb },
    movedBytes: 8 * gb,
  });
  expect(all.limitBytes).toBe(8 * gb);
  const refused = returnPack(all.pack, 0, {
    allowance: { ...allowance, limitBytes: 8 * gb },
    movedBytes: 8 * gb,
  });
  expect(refused.limitBytes).toBe(15 * gb);
});

test("without a limit there is nothing to raise and nothing to take", () => {
  expect(withPack(undefined, gb)).toBeUndefined();
  const allowance = { limitBytes: undefined, baseBytes: 0 };
  const after = returnPack(bought(gb), price, { allowance, movedBytes: 5 * gb });
  expect(after).toEqual({ pack: { ...bought(gb), returned: price }, limitBytes: undefined });
});
