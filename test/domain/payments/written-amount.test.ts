import * as fc from "fast-check";
import { expect, test } from "vitest";
import { currencies, decimalOf, decimals, money, parseMoney } from "../../../domain/money.ts";
import { readAmount } from "../../../domain/payments/written-amount.ts";
import { languages } from "../../../domain/people/customer.ts";
import { moneyIn } from "../../../texts/money.ts";

const currency = fc.constantFrom(...currencies);
const language = fc.constantFrom(...languages);

test("an amount that is written as the bot shows it is that amount, in each language and currency", () => {
  fc.assert(
    fc.property(currency, language, fc.maxSafeNat(), (of, writer, minor) => {
      const amount = money(minor, of);
      expect(readAmount(moneyIn(writer, amount), of, writer)).toEqual(amount);
    }),
    { numRuns: 2_000 },
  );
});

test("nothing typed is read as a thousand times what its writer's language makes of it", () => {
  const whole = fc.integer({ min: 0, max: 999 });
  const fraction = fc.stringMatching(/^\d{1,9}$/u);
  const mark = fc.constantFrom(".", ",");
  fc.assert(
    fc.property(currency, language, whole, mark, fraction, (of, writer, before, sign, after) => {
      const isGroup = writer === "en" && sign === "," && after.length === 3 && before > 0;
      const asDecimal = parseMoney(`${before}.${after}`, of);
      const read = readAmount(`${before}${sign}${after}`, of, writer);
      // It is asked for again where it may mean something else, or has too many decimals.
      const isUnclear = after.length === 3 && before > 0 && decimals[of] < 3;
      const otherwise = isUnclear ? undefined : asDecimal;
      expect(read).toEqual(isGroup ? parseMoney(`${before}${after}`, of) : otherwise);
    }),
    { numRuns: 2_000 },
  );
});

test("without a language the amounts that are stored are read, and no doubtful one", () => {
  fc.assert(
    fc.property(currency, fc.maxSafeNat(), (of, minor) => {
      const amount = money(minor, of);
      expect(readAmount(decimalOf(amount), of)).toEqual(amount);
    }),
  );
  for (const of of currencies) expect(readAmount("1,125", of)).toBeUndefined();
});

test.each([
  ["1,125", "GRAM", 1_125_000_000_000, 1_125_000_000],
  ["2,750", "USDT", 2_750_000_000, 2_750_000],
  ["1,000", "RUB", 100_000, undefined],
  ["1,000", "XTR", 1_000, undefined],
  ["1.000", "RUB", undefined, undefined],
  ["1.000,50", "RUB", 100_050, 100_050],
  ["1,000.50", "RUB", 100_050, 100_050],
  ["1.000.000", "RUB", 100_000_000, 100_000_000],
  ["0,125", "USDT", 125_000, 125_000],
  [".5", "USDT", 500_000, 500_000],
  [",5 USDT", "USDT", 500_000, 500_000],
  ["руб.100", "RUB", 10_000, 10_000],
  ["1'000", "RUB", 100_000, 100_000],
  ["100 🙂", "RUB", 10_000, 10_000],
  ["100\n200", "RUB", undefined, undefined],
  ["10 20", "RUB", undefined, undefined],
  ["1e3", "RUB", undefined, undefined],
  ["-5", "RUB", undefined, undefined],
  ["−5", "RUB", undefined, undefined],
  ["1,2,3", "RUB", undefined, undefined],
  ["1,000 000", "RUB", undefined, undefined],
  ["5 or 10", "RUB", undefined, undefined],
  ["٣", "RUB", undefined, undefined],
  ["💯", "RUB", undefined, undefined],
  ["", "RUB", undefined, undefined],
] as const)("%s in %s is %s in English and %s in Russian", (text, of, en, ru) => {
  expect(readAmount(text, of, "en")?.minor).toBe(en);
  expect(readAmount(text, of, "ru")?.minor).toBe(ru);
});
