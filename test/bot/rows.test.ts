import { expect, test } from "vitest";
import { inRows } from "../../bot/commands/operations/value-page.ts";

const rowsOf = (...labels: string[]) =>
  inRows(labels.map((text) => ({ text, data: text }))).map((row) => row.map(({ text }) => text));

test("three short labels share a row, four are two and two", () => {
  expect(rowsOf("1", "2", "3")).toEqual([["1", "2", "3"]]);
  expect(rowsOf("1", "2", "3", "4")).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  expect(rowsOf("➕ 1 day", "➕ 7 days", "➕ 30 days")).toEqual([
    ["➕ 1 day", "➕ 7 days"],
    ["➕ 30 days"],
  ]);
});

test("a label that half a phone's width would cut has a row of its own", () => {
  expect(rowsOf("UTC", "Asia/Yekaterinburg", "Asia/Novosibirsk")).toEqual([
    ["UTC"],
    ["Asia/Yekaterinburg"],
    ["Asia/Novosibirsk"],
  ]);
});
