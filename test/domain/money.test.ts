import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  covers,
  currencies,
  decimalOf,
  decimals,
  difference,
  money,
  parseMoney,
} from "../../domain/money.ts";

const currency = fc.constantFrom(...currencies);
const minor = fc.maxSafeNat();

test("a formatted amount is parsed back, to the last minor unit", () =>
  fc.assert(
    fc.property(minor, currency, (amount, of) => {
      const given = money(amount, of);
      const read = parseMoney(decimalOf(given), of);
      expect(read).toEqual(given);
    }),
  ));

test("a fraction of a minor unit, a sign, an exponent, a comma, a space or nothing is not an amount", () => {
  const none = [
    "",
    " 1",
    "1 ",
    "-1",
    "+1",
    "1e3",
    "1,5",
    ".5",
    "1.",
    "0x1",
    "NaN",
    "Infinity",
    "1.001",
  ];
  expect(none.map((text) => parseMoney(text, "RUB"))).toEqual(none.map(() => undefined));
  expect(parseMoney("1.5", "XTR")).toBeUndefined();
  expect(parseMoney("1.50000000", "RUB")).toEqual({ minor: 150, currency: "RUB" });
  expect(parseMoney("9007199254740993", "XTR")).toBeUndefined();
});

test("no text is parsed as an amount that it does not state", () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), currency, (text, of) => {
      const read = parseMoney(text, of);
      if (read === undefined) return;
      expect(text).toMatch(/^\d+(\.\d+)?$/u);
      const [whole, fraction = ""] = text.split(".");
      const exact = BigInt(`${whole}${fraction.slice(0, decimals[of]).padEnd(decimals[of], "0")}`);
      expect(BigInt(read.minor)).toBe(exact);
    }),
  ));

test("money covers a price only in its own currency, and is compared only there", () =>
  fc.assert(
    fc.property(minor, minor, currency, currency, (a, b, one, other) => {
      const paid = money(a, one);
      const price = money(b, other);
      expect(covers(paid, price)).toBe(one === other && a >= b);
      fc.pre(one !== other);
      expect(() => difference(paid, price)).toThrow(/cannot be compared/u);
    }),
  ));

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%s is not an amount", (amount) => {
  expect(() => money(amount, "RUB")).toThrow(/whole minor units/u);
});
