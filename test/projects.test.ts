import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// Four TypeScript projects: what a folder's code will not find when it runs does not compile there.
const root = fileURLToPath(new URL("..", import.meta.url));
const configs = [
  "tsconfig.base.json",
  "tsconfig.json",
  "tsconfig.server.json",
  "workflows/tsconfig.json",
  "web/tsconfig.json",
  "test/tsconfig.json",
];
const globals = ["window", "process", "fetch"];
/** The globals that each folder's code has. */
const has: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  workflows: [],
  activities: ["process", "fetch"],
  workers: ["process", "fetch"],
  bot: ["process", "fetch"],
  emulators: ["process", "fetch"],
  web: ["window", "fetch"],
  test: ["window", "process", "fetch"],
};
const projects = ["workflows", "tsconfig.server.json", "web", "test"];

let folder = "";
let output = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-projects-"));
  for (const path of configs) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const place of Object.keys(has)) {
    mkdirSync(join(folder, place), { recursive: true });
    for (const name of globals) {
      writeFileSync(join(folder, place, `${name}.ts`), `export const probe = ${name};\n`);
    }
  }
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  output = projects
    .map(
      (project) => spawnSync(process.execPath, [compiler, "-p", project], { cwd: folder }).stdout,
    )
    .join("\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.keys(has))(
  "code of %s finds the globals of where it runs, and no other",
  (place) => {
    const found = globals.filter((name) => !output.includes(`${place}/${name}.ts`));
    expect(found).toEqual(has[place]?.toSorted((a, b) => globals.indexOf(a) - globals.indexOf(b)));
  },
);

test("every folder of code belongs to a project", () => {
  const listed = projects.flatMap((project) =>
    spawnSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", project, "--listFilesOnly"],
      { cwd: folder, encoding: "utf8" },
    ).stdout.split("\n"),
  );
  const missing = Object.keys(has).filter(
    (place) => !listed.some((path) => path.endsWith(`/${place}/window.ts`)),
  );
  expect(missing).toEqual([]);
});
