import * as fc from "fast-check";
import { expect, test } from "vitest";
import { memoFrom, memoLength, memoOf } from "../../../domain/payments/memo.ts";

const memo = fc.stringMatching(/^[A-HJKMNP-TV-Z0-9]{12}$/u);
const quotes = [
  ["", '"', "'", "`", "«»", "„“", "“”", "‘’", "()", "[]", "<>", "#", ":", "."],
  ["\u200b", "\ufeff", "\u202e", "\u00a0", "\n", "\t", "  ", ' " '],
].flat();

test("however it was typed, a memo is recognised", () =>
  fc.assert(
    fc.property(
      memo,
      fc.constantFrom(...quotes),
      fc.constantFrom(...quotes),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      (asked, before, behind, small) => {
        const typed = Array.from(asked, (sign, at) => (small[at] ? sign.toLowerCase() : sign));
        expect(memoOf(before + typed.join("") + behind)).toBe(asked);
        const spaced = `${typed.slice(0, 4).join("")} ${typed.slice(4).join("")}`;
        expect(memoOf(spaced)).toBe(asked);
      },
    ),
  ));

test("every memo that we make is recognised as itself", () =>
  fc.assert(
    fc.property(fc.uint8Array({ minLength: memoLength, maxLength: memoLength }), (bytes) => {
      const made = memoFrom(bytes);
      expect(made).toMatch(/^[A-HJKMNP-TV-Z0-9]{12}$/u);
      expect(memoOf(made)).toBe(made);
    }),
  ));

test("different memos stay different, and parsing is idempotent", () =>
  fc.assert(
    fc.property(memo, memo, fc.string(), (one, other, text) => {
      expect(memoOf(one) === memoOf(other)).toBe(one === other);
      const read = memoOf(text) ?? "MEMO";
      expect(memoOf(read)).toBe(read);
    }),
  ));

test.each(["", "  ", "\u200b", "x".repeat(121), "a\u0000b"])("%j cannot be a memo", (text) => {
  expect(memoOf(text)).toBeUndefined();
});
