import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  allowed,
  code,
  countRetired,
  findRetiredPhrases,
  notCounted,
  root,
} from "./retired-words.ts";

test("no retired word comes back: the numbers of those that are left only shrink", () => {
  // More than before: use the glossary's word. Fewer: lower the number in test/retired-words.ts.
  expect(countRetired()).toEqual(allowed);
});

test("no comment, text or document has a retired phrase", () => {
  expect(findRetiredPhrases()).toEqual([]);
});

/** The single words of the glossary's right column; phrases cannot be looked for in identifiers. */
function retiredInGlossary(): string[] {
  const rows = readFileSync(`${root}/docs/glossary.md`, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (?:Word|-)/u.test(line));
  const cells = rows.flatMap((row) => (row.split("|")[3] ?? "").split(","));
  return cells
    .map((cell) => cell.replace(/\(.*\)/u, "").trim())
    .filter((cell) => /^[a-z]+$/u.test(cell));
}

test("the words that the glossary retires are those that are counted", () => {
  const retired = new Set(retiredInGlossary().filter((word) => notCounted[word] === undefined));
  expect([...retired].toSorted()).toEqual(Object.keys(allowed).toSorted());
});

test("no type is called by a pronoun's word", () => {
  const pronouns = ["Told", "Heard", "Said", "Seen", "Known", "Given", "Asked", "Shown", "Taken"];
  const named = new RegExp(
    `^\\s*(?:export )?(?:interface|type|class) (?:${pronouns.join("|")})\\b`,
    "mu",
  );
  expect(code.filter((path) => named.test(readFileSync(`${root}/${path}`, "utf8")))).toEqual([]);
});
