import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Location,
  type LocationCode,
  offeredTo,
  suits,
  type WantedPlace,
} from "../../../domain/access/location.ts";
import { assignHosts, type HostLoad } from "../../../domain/access/placement.ts";
import { locationId, telegramId } from "../../../domain/ids.ts";

const host = fc.record({
  id: fc.uuid(),
  capacity: fc.integer({ min: 1, max: 20 }),
  weight: fc.integer({ min: 1, max: 3 }),
  living: fc.nat(25),
});
const hosts = fc.uniqueArray(host, { maxLength: 5, selector: ({ id }) => id });
const waiting = fc.nat(60).map((count) => Array.from({ length: count }, (_, index) => index));
const anywhere = () => true;
const free = ({ capacity, living }: HostLoad) => Math.max(0, capacity - living);

test("whoever has waited longest is placed first, and nobody waits while a host has room", () =>
  fc.assert(
    fc.property(waiting, hosts, (accesses, there) => {
      const placed = [...assignHosts(accesses, there, anywhere).values()].flat();
      const room = there.reduce((sum, one) => sum + free(one), 0);
      const first = accesses.slice(0, Math.min(room, accesses.length));
      expect(placed.toSorted((a, b) => a - b)).toEqual(first);
    }),
  ));

test("no host gets more than it has room for", () =>
  fc.assert(
    fc.property(waiting, hosts, (accesses, there) => {
      const assigned = assignHosts(accesses, there, anywhere);
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
    anywhere,
  );
  expect(assigned.get("light")).toHaveLength(30);
  expect(assigned.get("heavy")).toHaveLength(60);
});

const customers = [telegramId(1), telegramId(2), telegramId(3)] as const;
const groups = fc.subarray(["eu", "asia", "premium"]);
const locations = fc
  .array(
    fc.record({
      groups,
      order: fc.nat(3),
      isHidden: fc.boolean(),
      audience: fc.oneof(
        fc.constant({ kind: "all" } as const),
        fc.constant({ kind: "paying" } as const),
        fc.record({
          kind: fc.constant("named" as const),
          customers: fc.subarray([...customers], { minLength: 1 }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((drawn): Location[] =>
    drawn.map((one, index) => ({
      ...one,
      id: locationId(`0190f5d8-7c4e-4b59-9c0c-3a1f0f6f7a1${index}`),
      code: `l${index}` as LocationCode,
      flag: "🏳",
      names: { en: `L${index}`, ru: `Л${index}` },
    })),
  );
/** Customers with their picks, and hosts, each in one of the locations or in none. */
const shop = locations.chain((all) => {
  const one = fc.constantFrom(undefined, ...all);
  const wants = fc.record({
    pick: one,
    rights: fc.record({
      telegramId: fc.constantFrom(...customers),
      hasPaid: fc.boolean(),
      groups: fc.option(
        groups.filter((some) => some.length > 0),
        { nil: undefined },
      ),
    }),
  });
  const located = fc
    .uniqueArray(fc.tuple(host, one), { maxLength: 5, selector: ([{ id }]) => id })
    .map((pairs) => pairs.map(([load, location]) => ({ ...load, location })));
  return fc.record({
    locations: fc.constant(all),
    waiting: fc.array(wants, { maxLength: 40 }),
    hosts: located,
  });
});
type Place = HostLoad & { readonly location: Location | undefined };
const isSuitable = ({ wants }: { readonly wants: WantedPlace }, { location }: Place) =>
  suits(wants, location);

test("a device comes to its pick, or else to the least loaded host of its plan, never to a full one; who finds no place holds up nobody", () =>
  fc.assert(
    fc.property(shop, ({ waiting: wanted, hosts: there }) => {
      const all = wanted.map((wants, index) => ({ wants, index }));
      const assigned = assignHosts(all, there, isSuitable);
      const hostOf = new Map(
        [...assigned].flatMap(([id, some]) => some.map(({ index }) => [index, id] as const)),
      );
      const living = new Map(there.map((one) => [one.id, one.living]));
      const load = ({ id, capacity, weight }: Place) => living.get(id)! / (capacity * weight);
      for (const one of all) {
        const roomy = there.filter((place) => living.get(place.id)! < place.capacity);
        const possible = roomy.filter((place) => isSuitable(one, place));
        const id = hostOf.get(one.index);
        // Everybody is placed in their turn if anybody could then take them.
        expect(id !== undefined).toBe(possible.length > 0);
        if (id === undefined) continue;
        const chosen = possible.find((place) => place.id === id)!;
        expect(load(chosen)).toBe(Math.min(...possible.map(load)));
        living.set(id, living.get(id)! + 1);
      }
    }),
    { numRuns: 500 },
  ));

test("nobody comes to a hidden location who has not picked it, nor to one that is not for them; each that is offered can be picked", () =>
  fc.assert(
    fc.property(shop, ({ locations: all, waiting: wanted }) => {
      for (const { pick, rights } of wanted) {
        const offered = offeredTo(all, rights);
        expect(offered.filter(({ isHidden }) => isHidden)).toEqual([]);
        const without = all.filter((one) => suits({ pick: undefined, rights }, one));
        expect(new Set(without)).toEqual(new Set(offered));
        for (const one of all) {
          const isPicked = suits({ pick: one, rights }, one);
          const { audience } = one;
          const isTheirs =
            audience.kind === "all" ||
            (audience.kind === "paying" && rights.hasPaid) ||
            (audience.kind === "named" && audience.customers.includes(rights.telegramId));
          const isInPlan = rights.groups?.some((group) => one.groups.includes(group)) ?? true;
          expect(isPicked).toBe(isTheirs && isInPlan);
          // A pick that counts leads nowhere else; one that does not leads where none leads.
          const led = all.filter((it) => suits({ pick: one, rights }, it));
          expect(led).toEqual(isPicked ? [one] : without);
        }
        const isBound = pick !== undefined && suits({ pick, rights }, pick);
        const mayBeElsewhere = !isBound && rights.groups === undefined;
        expect(suits({ pick, rights }, undefined)).toBe(mayBeElsewhere);
      }
    }),
  ));
