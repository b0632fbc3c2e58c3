import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { typesOnly, type Wall, walls } from "./walls.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Code that the linter has to reject everywhere, by rule. */
const habits: Readonly<Record<string, string>> = {
  "typescript(no-floating-promises)": "export function probe() { Promise.resolve(1); }",
  "typescript(no-misused-promises)":
    "export const probe = () => [1].forEach(async () => { await Promise.resolve(); });",
  "typescript(switch-exhaustiveness-check)":
    'export function probe(a: "x" | "y") { switch (a) { case "x": return 1; } }',
  "typescript(consistent-type-imports)":
    'import { Wall } from "./other.ts"; export type Probe = Wall;',
  "import(no-default-export)": "export default 1;",
  "import(no-cycle)": 'import { two } from "./habit-cycle.ts"; export const probe = two;',
  "eslint(no-console)": 'export const probe = () => console.log("x");',
};

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
}

interface Probe {
  readonly file: string;
  readonly wall: string;
  readonly wanted: string;
}

let folder = "";
let found: readonly Diagnostic[] = [];
const outside: Probe[] = [];
const inside: Probe[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-walls-"));
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  write("tsconfig.json", '{ "compilerOptions": { "strict": true, "noEmit": true } }');
  for (const wall of walls) {
    outside.push(...wall.keepsOut.flatMap((wanted, at) => probes(wall, wanted, `out${at}`)));
    inside.push(...wall.letsIn.flatMap((wanted, at) => probes(wall, wanted, `in${at}`)));
  }
  for (const [at, code] of Object.values(habits).entries()) write(`workers/habit${at}.ts`, code);
  write("workers/other.ts", "export interface Wall { readonly a: 1 }");
  const cycle = Object.keys(habits).indexOf("import(no-cycle)");
  write(
    "workers/habit-cycle.ts",
    `import { probe } from "./habit${cycle}.ts"; export const two = probe;`,
  );
  const linter = join(root, "node_modules/oxlint/bin/oxlint");
  const args = [linter, "--type-aware", "--format", "json", "."];
  const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  found = (JSON.parse(ran.stdout) as { diagnostics: Diagnostic[] }).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Probe files, each of which imports one thing;
 * in a folder of its own each if the wall names a single file.
 */
function probes({ files, from }: Wall, wanted: string, name: string): Probe[] {
  const single = !files.includes("*");
  return from.map((place) => {
    const file = single ? place : place.replace("probe", `probe-${name}`);
    const bare = wanted.replace(typesOnly, "");
    const target = bare.startsWith("../") ? relativeTo(dirname(place), bare.slice(3)) : bare;
    const code = wanted.startsWith(typesOnly)
      ? `import type * as it from "${target}"; export type Probe = typeof it;`
      : `import * as it${name} from "${target}"; export const probe${name} = it${name};`;
    write(file, `${code}\n`, single);
    return { file, wall: files, wanted: target };
  });
}

function relativeTo(folder: string, path: string): string {
  const way = posix.relative(folder, path);
  return way.startsWith(".") ? way : `./${way}`;
}

function write(file: string, code: string, more = false): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), code, { flag: more ? "a" : "w" });
}

const wallErrors = (file: string) =>
  found.filter(
    ({ filename, code }) => filename === file && code === "eslint(no-restricted-imports)",
  );

test("every wall of the linter's configuration is tried here", () => {
  const { overrides } = JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8")) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  const there = overrides.filter(({ rules }) => "no-restricted-imports" in rules);
  expect(there.flatMap(({ files }) => files).toSorted()).toEqual(
    walls.map(({ files }) => files).toSorted(),
  );
});

test("each wall keeps out what its folder must not know", () => {
  const through = outside.filter(({ file }) => wallErrors(file).length === 0);
  expect(through).toEqual([]);
});

test("where one file alone may know a package, it may know nothing else", () => {
  const single = walls.filter(({ files }) => !files.includes("*"));
  for (const { files, keepsOut } of single) expect(wallErrors(files)).toHaveLength(keepsOut.length);
});

test("each wall lets in what its folder is made of", () => {
  const stopped = inside.filter(
    ({ file, wall }) => wall.includes("*") && wallErrors(file).length > 0,
  );
  expect(stopped).toEqual([]);
});

test.for(Object.keys(habits))("the linter refuses: %s", (code) => {
  const file = `workers/habit${Object.keys(habits).indexOf(code)}.ts`;
  const here = found.filter(({ filename }) => filename === file);
  expect(here.map((one) => one.code)).toContain(code);
});
