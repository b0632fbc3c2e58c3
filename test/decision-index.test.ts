import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "./retired-words.ts";

const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");

/** Whether a source exports this name, or has it as a member of what it exports. */
const declares = (source: string, name: string): boolean =>
  new RegExp(
    `^export (?:async )?(?:function|const|class|interface|type) ${name}\\b` +
      `|^ +(?:readonly |async )*${name}[?:(,<]`,
    "mu",
  ).test(source);

test("each row of the index of decisions names a file that exists, and a name that it exports", () => {
  const [, index = ""] = read("docs/architecture.md").split("## Where is it decided that …");
  const cells = index
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (?:-|…)/u.test(line))
    .map((line) => line.split("|")[2] ?? "");
  expect(cells.length).toBeGreaterThan(30);
  const wrong = cells.flatMap((cell) => {
    const named = [...cell.matchAll(/`([^`]+\.ts)` → ((?:`\w+`(?:, )?)+)/gu)];
    const places = [...cell.matchAll(/`[^`]*\/[^`]*`/gu)];
    if (named.length === 0 || named.length !== places.length)
      return [`a place without name:${cell}`];
    return named.flatMap(([, path = "", names = ""]) => {
      const sources = globSync(path.replaceAll(/<\w+>/gu, "*"), { cwd: root }).map(read);
      return (names.match(/\w+/gu) ?? [])
        .filter((name) => !sources.some((source) => declares(source, name)))
        .map((name) => `${path} → ${name}`);
    });
  });
  expect(wrong).toEqual([]);
  expect(declares("export class A {\n  run(): void {}\n}", "run")).toBe(true);
  expect(declares("import { run } from './a.ts';\nrun();\n", "run")).toBe(false);
});
