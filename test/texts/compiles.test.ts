import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const key = /^ *alreadyDecided: ".*",\n/mu;

/** An area's file with absolute imports, and one line changed. */
function areaWith(language: string, change: (line: string) => string): string {
  return readFileSync(join(root, "texts", language, "people.ts"), "utf8")
    .replaceAll('from "./', `from "${join(root, "texts", language)}/`)
    .replaceAll('from "../', `from "${join(root, "texts")}/`)
    .replace(key, change);
}

const areas: Readonly<Record<string, string>> = {
  whole: areaWith("ru", (line) => line),
  missing: areaWith("ru", () => ""),
  excess: areaWith("ru", (line) => `${line}mistyped: "…",\n`),
  doubled: areaWith("ru", (line) => line + line),
  doubledInEnglish: areaWith("en", (line) => line + line),
};

let folder = "";
let errors: readonly string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-texts-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const configuration = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { types: [] },
    include: ["*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  for (const [name, code] of Object.entries(areas)) {
    writeFileSync(join(folder, `${name}.ts`), code);
  }
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const ran = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  errors = ran.stdout.split("\n").filter((line) => line.includes("error TS"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const errorsOf = (name: string) =>
  errors.filter((line) => line.includes(`${name}.ts(`)).map((line) => /TS\d+/u.exec(line)?.[0]);

test("an area as it is compiles", () => {
  expect(errorsOf("whole")).toEqual([]);
});

test.each([
  ["missing", "TS2741"],
  ["excess", "TS2353"],
  ["doubled", "TS1117"],
  ["doubledInEnglish", "TS1117"],
])("a key that is %s does not compile", (name, error) => {
  expect(errorsOf(name)).toEqual([error]);
});
