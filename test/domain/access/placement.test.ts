import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assignHosts, type HostLoad } from "../../../domain/access/placement.ts";

const host = fc.record({
  id: fc.uuid(),
  capacity: fc.integer({ min: 1, max: 20 }),
  weight: fc.integer({ min: 1, max: 3 }),
  living: fc.nat(25),
});
const hosts = fc.uniqueArray(host, { maxLength: 5, selector: ({ id }) => id });
const waiting = fc.nat(60).map((count) => Array.from({ length: count }, (_, index) => index));
const free = ({ capacity, living }: HostLoad) => Math.max(0, capacity - living);

test("whoever has waited longest is placed first, and nobody waits while a host has room", () =>
  fc.assert(
    fc.property(waiting, hosts, (accesses, there) => {
      const placed = [...assignHosts(accesses, there).values()].flat();
      const room = there.reduce((sum, one) => sum + free(one), 0);
      const first = accesses.slice(0, Math.min(room, accesses.length));
      expect(placed.toSorted((a, b) => a - b)).toEqual(first);
    }),
  ));

test("no host gets more than it has room for", () =>
  fc.assert(
    fc.property(waiting, hosts, (accesses, there) => {
      const assigned = assignHosts(accesses, there);
      for (const one of there) {
        expect(assigned.get(one.id)?.length ?? 0).toBeLessThanOrEqual(free(one));
      }
    }),
  ));

test("of two empty hosts the one of twice the weight gets twice as many", () => {
  const empty = { capacity: 300, living: 0 };
  const assigned = assignHosts(
    Array.from({ length: 90 }, (_, index) => index),
    [
      { ...empty, id: "light", weight: 1 },
      { ...empty, id: "heavy", weight: 2 },
    ],
  );
  expect(assigned.get("light")).toHaveLength(30);
  expect(assigned.get("heavy")).toHaveLength(60);
});
