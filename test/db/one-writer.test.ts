import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("a row that moves money or time comes into the books at one place", () => {
  const code = globSync("db/**/*.ts").map((path) => readFileSync(path, "utf8"));
  const tables = ["payments", "charges", "refunds", "renewals", "card_consents", "add_ons"];
  const others = ["star_subscriptions", "ledger_entries", "time_lots", "decisions"];
  const written = [...tables, ...others].map((table) => {
    const insertion = new RegExp(`insert(?:Into|Rows)\\((?:\\w+, )?"${table}"`, "gu");
    return { table, places: code.flatMap((text) => text.match(insertion) ?? []).length };
  });
  expect(written.filter(({ places }) => places !== 1)).toEqual([]);
});
