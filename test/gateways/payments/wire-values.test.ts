import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decimalIn,
  digitsIn,
  flagIn,
  parseAsEvidence,
  parseLiterally,
  unreadable,
  wholeIn,
} from "../../../gateways/payments/wire-values.ts";

test("a decimal is the same as a number, as a text and with an exponent", () =>
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc.nat(9),
      fc.nat(12),
      (units, places, up) => {
        const digits = String(units).padStart(places + 1, "0");
        const whole = digits.slice(0, digits.length - places);
        const fraction = digits.slice(-places);
        const plain = places === 0 ? whole : `${whole}.${fraction}`;
        expect(decimalIn(plain)).toBe(plain);
        expect(decimalIn(` ${plain} `)).toBe(plain);
        expect(decimalIn(parseLiterally(plain))).toBe(plain);
        // The same units with the point elsewhere, and an exponent that restores them.
        expect(decimalIn(`${plain}e-${up}`)).toBe(decimalIn(`${units}e-${places + up}`));
        expect(decimalIn(`${String(decimalIn(`${plain}e-${up}`))}e${up}`)).toBe(plain);
        expect(decimalIn(`${units}E-${places}`)).toBe(plain);
        expect(decimalIn(`${units}e0`)).toBe(String(units));
      },
    ),
  ));

test("absence is null or undefined, and differs from an unreadable value", () => {
  for (const read of [decimalIn, digitsIn, wholeIn, flagIn]) {
    expect([read(null), read(undefined)]).toEqual([undefined, undefined]);
    for (const wrong of ["", "x", {}, [], "1,5", "0x10", Number.NaN]) {
      expect(read(wrong)).toBe(unreadable);
    }
  }
  expect(digitsIn("12.0")).toBe("12");
  expect([digitsIn("12.5"), digitsIn(-1), wholeIn("9007199254740993")]).toEqual(
    Array(3).fill(unreadable),
  );
  expect(digitsIn("18446744073709551615")).toBe("18446744073709551615");
  expect([flagIn("TRUE"), flagIn(" false "), flagIn(true)]).toEqual([true, false, true]);
});

test("numbers are read as they are written, and kept as evidence without loss", () => {
  const text = '{"id":13660000000000000001,"fee":0.1050,"small":1e-7,"n":7,"none":null}';
  expect(parseLiterally(text)).toEqual({
    id: "13660000000000000001",
    fee: "0.1050",
    small: "1e-7",
    n: "7",
    none: null,
  });
  const kept = { id: "13660000000000000001", fee: 0.105, small: 1e-7, n: 7, none: null };
  expect(parseAsEvidence(text)).toEqual(kept);
});
