import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { currencies, decimalOf, money } from "../../domain/money.ts";
import { parsePlans, plansFile } from "../../workers/plans.ts";

const month = {
  code: "month",
  names: { en: "Month", ru: "Месяц" },
  descriptions: { en: "30 days", ru: "30 дней" },
  days: 30,
  devices: 3,
  prices: { XTR: 250, RUB: "299.50" },
};

test("a plan is read with its prices in minor units", () => {
  expect(parsePlans([month])).toEqual([
    {
      ...month,
      devices: undefined,
      deviceLimit: 3,
      prices: { XTR: 250, RUB: 29_950 },
      order: 0,
      hidden: false,
      trial: false,
    },
  ]);
});

test("the shipped file is valid, and sells in every currency of the demo's gateways", () => {
  const read = plansFile.parse("plans.json");
  const sold = read.filter(({ trial }) => !trial);
  expect(sold.length).toBeGreaterThanOrEqual(2);
  for (const { prices } of sold) {
    expect(Object.keys(prices)).toEqual(expect.arrayContaining(["XTR", "RUB", "USDT", "GRAM"]));
  }
});

const wrong: [string, object, RegExp][] = [
  ["no list", {}, /expected array/u],
  ["an empty list", [], /at least one plan/u],
  ["two plans of one code", [month, month], /code of its own/u],
  ["a code that no button can carry", [{ ...month, code: "a code" }], /0\.code: must be/u],
  ["a code that is too long", [{ ...month, code: "m".repeat(17) }], /0\.code: must be/u],
  ["no name in a language", [{ ...month, names: { en: "Month" } }], /0\.names\.ru/u],
  ["a name that is empty", [{ ...month, names: { en: " ", ru: "М" } }], /0\.names\.en/u],
  ["a language that nobody speaks", [{ ...month, names: { ...month.names, xx: "?" } }], /xx/u],
  ["no days", [{ ...month, days: 0 }], /0\.days/u],
  ["days that are not a whole number", [{ ...month, days: 1.5 }], /0\.days/u],
  ["more days than ten years", [{ ...month, days: 4_000 }], /0\.days/u],
  ["no days of grace", [{ ...month, graceDays: 0 }], /0\.graceDays/u],
  ["more grace than a month", [{ ...month, graceDays: 31 }], /0\.graceDays/u],
  [
    "grace for the trial",
    [{ ...month, prices: {}, trial: true, graceDays: 3 }],
    /0\.graceDays: must be absent: give the trial more days/u,
  ],
  ["no devices", [{ ...month, devices: 0 }], /0\.devices/u],
  ["no price", [{ ...month, prices: {} }], /0\.prices: must have at least one/u],
  ["an unknown currency", [{ ...month, prices: { TON: "1" } }], /TON is not a currency/u],
  ["a price of nothing", [{ ...month, prices: { RUB: "0" } }], /RUB must be a positive/u],
  ["a negative price", [{ ...month, prices: { RUB: -5 } }], /RUB must be a positive/u],
  ["a fraction of a Star", [{ ...month, prices: { XTR: 1.5 } }], /at most 0 decimals/u],
  ["a fraction of a kopeck", [{ ...month, prices: { RUB: "1.005" } }], /at most 2 decimals/u],
  ["a huge price", [{ ...month, prices: { RUB: "99999999999" } }], /RUB must be/u],
  ["a price in words", [{ ...month, prices: { RUB: "three" } }], /RUB must be/u],
  ["a price with an exponent", [{ ...month, prices: { USDT: "1e3" } }], /USDT must be/u],
  ["a price that is not a number", [{ ...month, prices: { RUB: null } }], /0\.prices\.RUB/u],
  [
    "two trials",
    [
      { ...month, trial: true, prices: {} },
      { ...month, code: "b", trial: true, prices: {} },
    ],
    /at most one plan/u,
  ],
  ["a trial that is sold", [{ ...month, trial: true }], /the trial is given, not sold/u],
  ["a field that nobody knows", [{ ...month, speed: 5 }], /speed/u],
  ["no traffic at all", [{ ...month, trafficGb: 0 }], /0\.trafficGb/u],
];

test.each(wrong)("%s is reported with its place", (_what, content, complaint) => {
  expect(() => parsePlans(content)).toThrow(complaint);
});

test("all problems are reported at once", () => {
  const both = [{ ...month, days: 0, prices: { TON: 1, RUB: 0 } }];
  expect(() => parsePlans(both)).toThrow(/days.*TON.*RUB/su);
});

function problemOf(content: unknown): string {
  try {
    return `read ${parsePlans(content).length}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test("any file is read or refused with a reason", () =>
  fc.assert(
    fc.property(fc.jsonValue(), (content) => {
      expect(problemOf(content)).not.toBe("");
    }),
  ));

test("a price is read exactly as it is written", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(...currencies),
      (minor, currency) => {
        const prices = { [currency]: decimalOf(money(minor, currency)) };
        expect(parsePlans([{ ...month, prices }])[0]?.prices).toEqual({ [currency]: minor });
      },
    ),
  ));

test("a file that is not there, or is not JSON, is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-plans-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "plans.json");
  expect(plansFile.safeParse(file).error?.issues[0]?.message).toBe(`${file}: cannot be read`);
  writeFileSync(file, "[{");
  expect(plansFile.safeParse(file).error?.issues[0]?.message).toBe(`${file}: is not JSON`);
});
