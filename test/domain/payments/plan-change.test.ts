import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytesInGb,
  changePlan,
  fieldsOf,
  newPlan,
  planFields,
  type PlanField,
  saleModeOf,
} from "../../../domain/payments/plan-change.ts";
import type { NewestPlan } from "../../../domain/payments/plan.ts";
import { planFor } from "../../drivers/orders.ts";
import { anyName } from "../../texts/drawn-words.ts";

const month: NewestPlan = {
  plan: { ...planFor("month", { RUB: 30_000 }), version: 4 },
  isRetired: false,
};
const trial: NewestPlan = { ...month, plan: { ...month.plan, trial: true, prices: {} } };

test("whatever is written, a plan on sale has a price, and nothing but the field changes", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.constantFrom(...planFields),
          fc.oneof(anyName, fc.constantFrom("off", "all", "owners", "7", "3,5", "0.001")),
        ),
      ),
      (changes) => {
        let newest = month;
        for (const [field, text] of changes) {
          const changed = changePlan(newest, field, text);
          if (typeof changed === "string") continue;
          newest = changed;
          const { plan } = newest;
          expect(saleModeOf(newest) === "off" || Object.keys(plan.prices).length > 0).toBe(true);
          expect(plan).toMatchObject({ code: "month", version: 4, trial: false });
          expect(plan.days).toBeGreaterThanOrEqual(1);
          expect(plan.deviceLimit).toBeGreaterThanOrEqual(1);
        }
      },
    ),
  ));

test.each([
  ["price-RUB", "299,50", { prices: { RUB: 29_950 } }],
  ["price-RUB", "1 000,50", { prices: { RUB: 100_050 } }],
  ["price-XTR", "250", { prices: { RUB: 30_000, XTR: 250 } }],
  ["days", "90", { days: 90 }],
  ["devices", "10", { deviceLimit: 10 }],
  ["traffic", "50", { trafficLimitBytes: 50 * bytesInGb }],
  ["grace", "3", { graceDays: 3 }],
  ["grace", "off", {}],
  ["period", "purchase", {}],
  ["lasting", "usedUp", {}],
  ["name-ru", " Полгода ", { names: { en: "month", ru: "Полгода" } }],
] as const)("%s set to %j", (field, text, expected) => {
  const changed = changePlan(month, field, text);
  expect(changed).toEqual({ plan: { ...month.plan, ...expected }, isRetired: false });
});

test.each([
  ["price-XTR", "2.5", "badValue"],
  ["price-RUB", "1,000", "badValue"],
  ["price-RUB", "1.000", "badValue"],
  ["price-XTR", "100001", "badValue"],
  ["price-RUB", "free", "badValue"],
  ["price-RUB", "off", "noPrice"],
  ["days", "0", "badValue"],
  ["days", "3661", "badValue"],
  ["grace", "31", "badValue"],
  ["devices", "101", "badValue"],
  ["traffic", "1.5", "badValue"],
  ["period", "calendar", "badValue"],
  ["lasting", "period", "badValue"],
  ["sale", "maybe", "badValue"],
  ["name-en", "x".repeat(33), "badValue"],
  ["name-en", " ", "badValue"],
] as const)("%s is not set to %j", (field, text, why) => {
  expect(changePlan(month, field, text)).toBe(why);
});

test("the newcomers' plan is neither sold nor given days", () => {
  expect(fieldsOf(trial.plan)).not.toContain("sale");
  for (const field of ["sale", "days", "grace", "price-RUB"] as const) {
    expect(changePlan(trial, field, "5")).toBe("badValue");
  }
  expect(changePlan(trial, "devices", "5")).toMatchObject({ plan: { deviceLimit: 5 } });
});

test("a plan taken off sale and put back for its owners is hidden", () => {
  const off = changePlan(month, "sale", "off") as NewestPlan;
  expect(saleModeOf(off)).toBe("off");
  const owners = changePlan(off, "sale", "owners") as NewestPlan;
  expect(owners).toMatchObject({ isRetired: false, plan: { hidden: true } });
});

test("a new plan has a free code, its name in each language, and no price", () => {
  const one = newPlan(" Weekend ", [month]);
  expect(one).toMatchObject({
    code: "plan-1",
    names: { en: "Weekend", ru: "Weekend" },
    prices: {},
  });
  const taken = { ...month, plan: { ...one!, version: 1 } };
  expect(newPlan("Other", [month, taken])).toMatchObject({ code: "plan-2" });
  expect(newPlan("", [month])).toBeUndefined();
});

const change = (before: NewestPlan, ...changes: readonly (readonly [PlanField, string])[]) =>
  changes.reduce((newest, [field, text]) => {
    const changed = changePlan(newest, field, text);
    return typeof changed === "string" ? newest : changed;
  }, before).plan;

test("a period needs a limit, packs that end with it need the period, and both go with what they need", () => {
  const limited = [
    ["traffic", "50"],
    ["period", "calendar"],
    ["lasting", "period"],
  ] as const;
  const all = { limitPeriod: "calendar", packsEnd: "period" };
  expect(change(month, ...limited)).toMatchObject(all);
  expect(change(month, ...limited, ["traffic", "60"])).toMatchObject(all);
  expect(change(month, ...limited, ["lasting", "usedUp"])).not.toHaveProperty("packsEnd");
  for (const last of [
    ["traffic", "off"],
    ["period", "purchase"],
  ] as const) {
    const plan = change(month, ...limited, last);
    expect(plan).not.toHaveProperty("limitPeriod");
    expect(plan).not.toHaveProperty("packsEnd");
  }
});
