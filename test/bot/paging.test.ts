import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, pageOf, searchedIn } from "../../bot/commands/paging.ts";
import { keyboardBytes } from "../../bot/request.ts";

const line = fc.string({ unit: "grapheme", maxLength: 600, size: "max" });
const short = fc.constantFrom("x", "y", "z");
const long = fc.constantFrom("😀".repeat(40), '"\\'.repeat(20), "&<>".repeat(13));
const rowsOf = (text: fc.Arbitrary<string>) => {
  const button = fc.record({ text, data: fc.constantFrom("a", "b".repeat(64)) });
  const row = fc.array(button, { minLength: 1, maxLength: 4, size: "max" });
  return fc.array(row, { maxLength: 3, size: "max" });
};

/** Lists that are long in text, in buttons, in bytes, or in all three. */
const entry = fc.oneof(
  fc.constant(fc.record({ line })),
  fc.constant(fc.record({ buttons: rowsOf(short) })),
  fc.constant(fc.record({ buttons: rowsOf(long) })),
  fc.constant(fc.record({ line, buttons: rowsOf(fc.oneof(short, long)) })),
);
const entries = entry.chain((kind) => fc.array<Entry>(kind, { maxLength: 150, size: "max" }));
const turnTo = (page: number) => `a-list:${page}`;
const list = fc.record({
  head: fc.string({ maxLength: 500 }),
  foot: fc.string({ maxLength: 500 }),
  entries,
  buttons: rowsOf(short),
  perPage: fc.integer({ min: 1, max: 30 }),
  turnTo: fc.constant(turnTo),
});

const turns = (buttons: ReturnType<typeof pageOf>["buttons"]) =>
  buttons.flat().flatMap((button) => {
    return "data" in button && /^a-list:\d+$/u.test(button.data) ? [button] : [];
  });

test("every entry is on exactly one page, in order, and Telegram takes each page", () =>
  fc.assert(
    fc.property(list, (given) => {
      const shown: unknown[] = [];
      let number = 1;
      for (;;) {
        const page = pageOf(given, number);
        expect(page.text.length).toBeLessThanOrEqual(4_096);
        expect(page.buttons.flat().length).toBeLessThanOrEqual(100);
        expect(keyboardBytes(page.buttons)).toBeLessThanOrEqual(10_240);
        shown.push(...page.buttons.slice(0, page.buttons.length - given.buttons.length));
        const next = turns(page.buttons).find(({ data }) => data === `a-list:${number + 1}`);
        if (turns(page.buttons).length > 0) shown.splice(-1, 1);
        const back = turns(page.buttons).some(({ data }) => data === `a-list:${number - 1}`);
        expect(back).toBe(number > 1);
        if (next === undefined) break;
        number += 1;
      }
      expect(shown.flat()).toHaveLength(
        given.entries.flatMap(({ buttons = [] }) => buttons.flat()).length,
      );
      const lines = given.entries.flatMap(({ line }) => line ?? []);
      const pages = Array.from({ length: number }, (_, index) => pageOf(given, index + 1).text);
      const body = pages.map((text) =>
        text.slice(given.head.length, text.length - given.foot.length),
      );
      expect(body.join("\n").replaceAll(/\n+/gu, "")).toBe(lines.join("").replaceAll(/\n+/gu, ""));
    }),
  ));

test("a page past the end is the last one", () => {
  const entries = Array.from({ length: 25 }, (_, index) => ({ line: `line ${index + 1}` }));
  const given = { head: "head", entries, perPage: 10, turnTo };
  expect(pageOf(given, 99)).toEqual(pageOf(given, 3));
  expect(pageOf(given, 0)).toEqual(pageOf(given, 1));
  expect(pageOf(given, 3).text).toBe(
    ["head", ...entries.slice(20).map(({ line }) => line)].join("\n"),
  );
});

test("the searched text fits a button's data, in whole characters", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200, size: "max" }), (text) => {
      const searched = searchedIn(text);
      expect(Buffer.byteLength(`payments-found:9999:${searched}`)).toBeLessThanOrEqual(64);
      expect(text).toContain(searched);
      expect(Buffer.from(searched).toString("utf8")).toBe(searched);
    }),
  ));
