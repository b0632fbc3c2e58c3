import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allowed } from "./retired-words.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const ignored = /(?:^|\/)(?:node_modules|dist|\.tollgate)(?:\/|$)/u;
const code = globSync("**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: (path) => ignored.test(path),
}).filter((path) => !ignored.test(path) && !path.endsWith("retired-words.ts"));
const comments = /\/\*[\s\S]*?\*\/|(?<=^|[^:"'`\\])\/\/.*$/gmu;
const texts = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gu;
const templates = /`(?:[^`\\]|\\.)*`/gu;
const expressions =
  /(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]+/gu;

/** The words of a file's name and of its identifiers; what it says in comments and texts is not looked at. */
function wordsOf(path: string): string[] {
  const bare = readFileSync(`${root}/${path}`, "utf8")
    .replaceAll(comments, " ")
    .replaceAll(expressions, " ")
    .replaceAll(texts, " ")
    .replaceAll(templates, (text) => (text.match(/\$\{[^}]*\}/gu) ?? []).join(" "));
  const identifiers = [...(bare.match(/[A-Za-z_$][\w$]*/gu) ?? []), ...path.split(/[/.-]/u)];
  return identifiers.flatMap((name) =>
    name
      .replaceAll(/(?<=[a-z\d])(?=[A-Z])/gu, " ")
      .toLowerCase()
      .split(/[\s_$]+/u),
  );
}

function countRetired(): Record<string, number> {
  const counts = new Map(Object.keys(allowed).map((word) => [word, 0]));
  for (const word of code.flatMap(wordsOf)) {
    const count = counts.get(word);
    if (count !== undefined) counts.set(word, count + 1);
  }
  return Object.fromEntries(counts);
}

test("no retired word comes back: the numbers of those that are left only shrink", () => {
  // More than before: use the glossary's word. Fewer: lower the number in test/retired-words.ts.
  expect(countRetired()).toEqual(allowed);
});

test("every retired word is in the glossary", () => {
  const glossary = readFileSync(`${root}/docs/glossary.md`, "utf8").toLowerCase();
  expect(Object.keys(allowed).filter((word) => !glossary.includes(word))).toEqual([]);
});

test("no type is called by a pronoun's word", () => {
  const pronouns = ["Told", "Heard", "Said", "Seen", "Known", "Given", "Asked", "Shown", "Taken"];
  const named = new RegExp(
    `^\\s*(?:export )?(?:interface|type|class) (?:${pronouns.join("|")})\\b`,
    "mu",
  );
  expect(code.filter((path) => named.test(readFileSync(`${root}/${path}`, "utf8")))).toEqual([]);
});
