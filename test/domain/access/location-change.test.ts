import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Location } from "../../../domain/access/location.ts";
import {
  changeLocation,
  locationFields,
  newLocation,
  parseLocationGroups,
} from "../../../domain/access/location-change.ts";
import { locationId } from "../../../domain/ids.ts";

const made = newLocation({ code: "nl", flag: "🇳🇱", name: "Netherlands" }, []);
if (typeof made === "string") throw new Error(made);
const location: Location = { ...made, id: locationId("0190f5d8-7c4e-4b59-9c0c-3a1f0f6f7a10") };

test("a new location is offered to everybody, below the others, under a code of its own", () => {
  expect(made).toMatchObject({ isHidden: false, audience: { kind: "all" }, groups: [], order: 1 });
  const second = { code: "de", flag: "🇩🇪", name: "Germany" };
  expect(newLocation(second, [{ ...location, order: 7 }])).toMatchObject({ order: 8 });
  expect(newLocation({ ...second, code: "nl" }, [location])).toBe("codeTaken");
  for (const wrong of [
    { code: "N L" },
    { flag: "x" },
    { flag: "🇩🇪🇩🇪" },
    { name: "x".repeat(25) },
  ]) {
    expect(newLocation({ ...second, ...wrong }, [])).toBe("badValue");
  }
});

test.each([
  ["flag", "🏴‍☠️", { flag: "🏴‍☠️" }],
  ["flag", "NL", undefined],
  ["offered", "No", { isHidden: true }],
  ["offered", "perhaps", undefined],
  ["order", "0", { order: 0 }],
  ["order", "-1", undefined],
  ["groups", "EU, premium eu", { groups: ["eu", "premium"] }],
  ["groups", "off", { groups: [] }],
  ["groups", "eu/west", undefined],
  ["audience", "paying", { audience: { kind: "paying" } }],
  ["audience", "5001, 5002 5001", { audience: { kind: "named", customers: [5001, 5002] } }],
  ["audience", "5001 bob", undefined],
  ["audience", "0", undefined],
  ["audience", "", undefined],
  ["name-ru", "  Нидерланды ", { names: { en: "Netherlands", ru: "Нидерланды" } }],
  ["name-en", "", undefined],
] as const)("%s %j makes it %j", (field, text, change) => {
  const expected = change && { ...location, ...change };
  expect(changeLocation(location, field, text)).toEqual(expected);
});

test("whatever an owner writes, a location keeps its code, fits a button and names groups that plans can name", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...locationFields),
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })),
      (field, text) => {
        const { code, flag, names, groups } = changeLocation(location, field, text) ?? location;
        expect(code).toBe(location.code);
        for (const name of Object.values(names)) {
          expect(Array.from(name).length).toBeGreaterThan(0);
          expect(`${flag} ${name}`).not.toMatch(/\n/u);
          expect(Array.from(name).length).toBeLessThanOrEqual(24);
        }
        expect(parseLocationGroups(groups.join(" ") || "off")).toEqual(groups);
      },
    ),
  ));
