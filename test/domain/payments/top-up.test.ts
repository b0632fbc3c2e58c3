import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseSetting, shopSettingsFrom } from "../../../domain/operations/shop-settings.ts";
import { currencies, money } from "../../../domain/money.ts";
import { checkTopUp } from "../../../domain/payments/top-up.ts";

const rulesOf = (amounts: string, limits = "usual") =>
  shopSettingsFrom([{ "top-ups": amounts, "top-up-limits": limits }]).topUps;

test.each([
  ["top-ups", "rub 300, 500 1000", "RUB 300 500 1000"],
  ["top-ups", "RUB 300.50; XTR 250", "RUB 300.5; XTR 250"],
  ["top-ups", "USDT 5 10\nGRAM 0.5", "USDT 5 10; GRAM 0.5"],
  ["top-ups", "USDT 3,5 10, 20", "USDT 3.5 10 20"],
  ["top-ups", "XTR 100,250", undefined],
  ["top-ups", "RUB 1,000 3000", undefined],
  ["top-ups", "GRAM 1,125", undefined],
  ["top-ups", "GRAM 1.125", "GRAM 1.125"],
  ["top-up-limits", "USDT 0,5-10,5", "USDT 0.5-10.5"],
  ["top-ups", "Usual", "usual"],
  ["top-ups", "off", "off"],
  ["top-ups", "RUB", undefined],
  ["top-ups", "RUB 300 300", undefined],
  ["top-ups", "RUB 0", undefined],
  ["top-ups", "XTR 1.5", undefined],
  ["top-ups", "RUB 1; RUB 2", undefined],
  ["top-ups", "BTC 1", undefined],
  ["top-ups", "RUB 1 2 3 4 5 6 7", undefined],
  ["top-up-limits", "RUB 50 - 50000; xtr 10-100", "RUB 50-50000; XTR 10-100"],
  ["top-up-limits", "usual", "usual"],
  ["top-up-limits", "off", undefined],
  ["top-up-limits", "RUB 500-50", undefined],
  ["top-up-limits", "RUB 100-50,000", undefined],
  ["top-up-limits", "RUB 0-50", undefined],
  ["top-up-limits", "RUB 50", undefined],
] as const)("%s %j is stored as %j", (key, written, stored) => {
  expect(parseSetting(key, written)).toBe(stored);
});

test("every amount on a button may be paid, and the owner's limits hold to the last minor unit", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...currencies),
      fc.integer({ min: 1, max: 1_000 }),
      fc.nat(1_000),
      fc.nat(2_000),
      (currency, least, more, amount) => {
        const limits = `${currency} ${least}-${least + more}`;
        const rules = rulesOf(
          `${currency} 1 ${least + 1} 500 2000`.replace(" 1 2 ", " 1 3 "),
          limits,
        );
        const rule = rules[currency];
        fc.pre(rule !== undefined);
        for (const minor of rule.amounts) {
          expect(checkTopUp(rules, money(minor, currency))).toBe("fits");
        }
        const unit = rule.least / least;
        const minor = amount * unit;
        const expected = amount < least ? "tooSmall" : amount > least + more ? "tooLarge" : "fits";
        expect(checkTopUp(rules, money(minor, currency))).toBe(expected);
        expect(checkTopUp(rules, money(rule.least - 1, currency))).toBe("tooSmall");
        expect(checkTopUp(rules, money(rule.most + 1, currency))).toBe("tooLarge");
      },
    ),
  ));

test("the usual amounts are within the usual limits, in every currency", () => {
  for (const currency of currencies) {
    const rule = rulesOf("usual")[currency]!;
    expect(rule.amounts).toHaveLength(4);
    expect(rule.least).toBeGreaterThan(0);
  }
});

test("nothing is topped up in a currency that the owner does not name, or while it is off", () => {
  expect(Object.keys(rulesOf("RUB 100"))).toEqual(["RUB"]);
  expect(checkTopUp(rulesOf("RUB 100"), money(100, "XTR"))).toBe("notOffered");
  expect(checkTopUp(rulesOf("off"), money(10_000, "RUB"))).toBe("notOffered");
});
