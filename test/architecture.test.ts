import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path: string) => join(root, path);
const read = (path: string) => readFileSync(at(path), "utf8");
const files = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: ["**/node_modules/**"] });
const names = (pattern: string) => files(pattern).map((path) => basename(path, ".ts"));

/** The folders with code. */
const folders = [
  "activities",
  "api",
  "bench",
  "bot",
  "client",
  "db",
  "deploy",
  "domain",
  "emulators",
  "gateways",
  "runtime",
  "test",
  "texts",
  "tools",
  "web",
  "workers",
  "workflows",
];
const code = folders
  .flatMap((folder) => files(`${folder}/**/*.{ts,tsx,mjs}`))
  .filter((path) => !path.includes("/dist/"));

const partsOf = (path: string) => path.replace(/\.\w+$/u, "").split("/");
const packageOf = (from: string) => from.match(/^(?:@[^/]+\/)?[^/]+/u)?.[0] ?? from;

/** What a file imports at run time, without type imports. */
function importsOf(path: string): string[] {
  const statements = read(path).matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)"/gmsu);
  return [...statements].map(([, from = ""]) => from);
}

/** The files of ours that a file imports, types included. */
function ownImportsOf(path: string): readonly string[] {
  const statements = read(path).matchAll(/^(?:import|export) [^;]*?from "(\.[^"]+)"/gmsu);
  return [...statements].map(([, from = ""]) => join(dirname(path), from));
}

/** The first circle of imports that is met; undefined: there is none. */
function findCircle(paths: readonly string[], importsIn: (path: string) => readonly string[]) {
  const known = new Set(paths);
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of importsIn(path).filter((one) => known.has(one))) {
      const circle = visit(next, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of paths) {
    const circle = visit(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

test("files do not import each other in a circle, types included", () => {
  expect(ownImportsOf("domain/payments/decision.ts")).toContain("domain/payments/effect.ts");
  expect(findCircle(code, ownImportsOf)).toBeUndefined();
  const circular: Record<string, string[]> = { a: ["b"], b: ["c", "d"], c: [], d: ["b"] };
  expect(findCircle(["a", "b", "c", "d"], (path) => circular[path] ?? [])).toEqual(["b", "d", "b"]);
});

test("every port has its promises, its double and its contract suite", () => {
  const wanted = ["gateways/$/port.ts", "gateways/$/memory.ts", "test/gateways/$/contract.ts"];
  const ports = files("gateways/*/").map((path) => basename(path));
  const paths = ports.flatMap((port) => wanted.map((path) => path.replace("$", port)));
  expect(ports).not.toEqual([]);
  expect(paths.filter((path) => !existsSync(at(path)))).toEqual([]);
});

test("zod is imported in one way", () => {
  const others = code.filter((path) => /^import (?:type )?\{.*\} from "zod";$/mu.test(read(path)));
  expect(others).toEqual([]);
});

test("every contract suite is run on its port's double", () => {
  const suites = files("test/gateways/*/contract.ts").map((path) => dirname(path));
  const unused = suites.filter((path) => !read(`${path}/memory.test.ts`).includes("contract.ts"));
  expect(unused).toEqual([]);
});

const areas = ["access", "messaging", "operations", "payments", "people"];
/** The layers that are divided into the five areas, with the further folders of each. */
const layers: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  activities: [],
  db: ["migrations", "queries", "tables"],
  "db/queries": [],
  "db/tables": [],
  "bot/commands": [],
  workflows: ["contract", "steps"],
};
/** Folders that are divided otherwise: by provider or kind, language, emulator or part. */
const dividedOtherwise = ["gateways", "texts", "web", "emulators", "tools", "test", "bench"];

const folderOf = (path: string) => path.split("/")[0] ?? "";

test("a layer of more than forty files has the five areas, and no other folders", () => {
  const sizes = new Map(folders.map((name) => [name, 0]));
  for (const path of code) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1);
  const large = folders.filter((name) => (sizes.get(name) ?? 0) > 40);
  const undivided = large.filter(
    (name) =>
      !dividedOtherwise.includes(name) && !(name in layers) && !(`${name}/commands` in layers),
  );
  expect(undivided).toEqual([]);
  for (const [layer, others] of Object.entries(layers)) {
    const inside = files(`${layer}/*/`).map((path) => basename(path));
    const foreign = inside.filter((name) => !areas.includes(name) && !others.includes(name));
    expect({ layer, foreign }).toEqual({ layer, foreign: [] });
  }
});

test("a signal's handler only takes note: what acts is the workflow itself", () => {
  // A handler that acts may outlive its run, and two that act concurrently need an order.
  const handlers = files("workflows/**/*.ts").flatMap((path) =>
    [...read(path).matchAll(/setHandler\([^;]*;/gu)].map(([handler]) => ({ path, handler })),
  );
  // What calls steps: the profiles of workflows/steps, and what a workflow itself has proxied.
  const proxied = files("workflows/**/*.ts").flatMap((path) => {
    const made = read(path).matchAll(/const (?:\{([^}]*)\}|(\w+)) =\s*proxy(?:Activities|Steps)/gu);
    return [...made].flatMap(([, steps, all]) => (steps ?? all ?? "").match(/\w+/gu) ?? []);
  });
  expect(proxied).toEqual(expect.arrayContaining(["localDb", "externalUntil", "reconcileHost"]));
  const acts = ["async", "await", "startChild", "executeChild", ...proxied].join("|");
  const acting = new RegExp(`\\b(?:${acts})\\b`, "u");
  expect(acting.test('setHandler(x, () => void localDb.sendNotice("y"));')).toBe(true);
  expect(handlers.length).toBeGreaterThan(10);
  expect(handlers.filter(({ handler }) => acting.test(handler))).toEqual([]);
});

test("every workflow is one the worker knows", () => {
  const known = read("workflows/index.ts");
  const shared = [
    "index",
    "signals",
    "rest",
    "endless-loop",
    "failures",
    "operator-view",
    "other-workflows",
  ];
  const parts = [
    ...shared,
    "calendars",
    "question",
    "event-queue",
    "card-charge",
    "payment-invoice",
    "payment-run",
    "captcha",
    "join-channels",
    "newcomer",
  ];
  const paths = ["workflows/*.ts", ...areas.map((area) => `workflows/${area}/*.ts`)];
  const workflows = paths.flatMap(names).filter((name) => !parts.includes(name));
  expect(workflows.filter((name) => !known.includes(`/${name}.ts"`))).toEqual([]);
  const none = parts.filter((name) => known.includes(`/${name}.ts"`));
  expect(none).toEqual([]);
});

test("a file can be read in one sitting", () => {
  const long = code.map((path) => ({ path, lines: read(path).split("\n").length - 1 }));
  expect(long.filter(({ lines }) => lines > 300)).toEqual([]);
});

test("each value has a declaration of its own, instead of a place in a pair", () => {
  const pair = /^\s*(?:(?:const|let) )?\[[^=;]*\](?::[^=;]*)? = \[(?:(?!\]\.)[^;])*\];$/mu;
  expect("  const [a, b] = [one(), two()];").toMatch(pair);
  expect("  const [a, b] = [1, 2].map(String);").not.toMatch(pair);
  expect(code.filter((path) => pair.test(read(path)))).toEqual([]);
});

test("no name says that nobody knew what a thing is", () => {
  const nameless = new Set(["utils", "util", "common", "helpers", "helper", "services", "types"]);
  expect(code.filter((path) => partsOf(path).some((part) => nameless.has(part)))).toEqual([]);
});

test("entry points write nothing: of db they know the queries, the connection and the cache", () => {
  const allowed = /^\.\.?\/(?:\.\.\/)*db\/(?:queries\/[\w/-]+|orm|read-cache)\.ts$/u;
  const entryPoints = code.filter((path) => /^(?:api|bot)\//u.test(path));
  const known = entryPoints.flatMap((path) => importsOf(path).map((from) => ({ path, from })));
  const ofDb = known.filter(({ from }) => from.includes("/db/"));
  expect(ofDb).not.toEqual([]);
  expect(ofDb.filter(({ from }) => !allowed.test(from))).toEqual([]);
});

test("queries only read", () => {
  const writing =
    /\b(?:persist|flush|insert|update|delete|merge|upsert|native|transactional|inTransaction)\w*\(/u;
  const queries = files("db/queries/**/*.ts");
  expect(queries).not.toEqual([]);
  expect(queries.filter((path) => writing.test(read(path)))).toEqual([]);
});

test("domain has no clock, no chance and no environment", () => {
  const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bglobalThis\b/u;
  expect(files("domain/**/*.ts").filter((path) => impure.test(read(path)))).toEqual([]);
});

test("adapters are made in workers alone", () => {
  const adapters =
    /\/gateways\/(?:\w+\/(?!port|webhooks?)[\w-]+|[\w-]+\/[\w-]+\/(?!webhook)[\w-]+)\.ts$/u;
  const product = /^(?:activities|api|bot|client|db|domain|runtime|texts|workflows)\//u;
  const makers = code.filter((path) => importsOf(path).some((from) => adapters.test(from)));
  expect(makers.filter((path) => product.test(path))).toEqual([]);
  expect(makers.filter((path) => path.startsWith("workers/"))).not.toEqual([]);
});

test("what an image runs asks for no package that only development installs", () => {
  const { dependencies } = JSON.parse(read("package.json")) as {
    dependencies: Record<string, string>;
  };
  const run =
    /^(?:activities|api|bot|client|db|deploy|domain|gateways|runtime|texts|workers|workflows)\//u;
  const asked = code
    .filter((path) => run.test(path))
    .flatMap((path) => importsOf(path).map((from) => ({ path, from })))
    .filter(({ from }) => !from.startsWith(".") && !from.startsWith("node:"));
  expect(asked.filter(({ from }) => !(packageOf(from) in dependencies))).toEqual([]);
});

const manifest = (path: string) =>
  JSON.parse(read(path)) as Partial<
    Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>
  > & { readonly version: string };

test("a workspace names each package that it imports, in the version that the others name", () => {
  const whole = manifest("package.json");
  const shared = { ...whole.dependencies, ...whole.devDependencies };
  for (const workspace of ["emulators", "web"]) {
    const { version, dependencies, devDependencies } = manifest(`${workspace}/package.json`);
    const own = { ...dependencies, ...devDependencies };
    const asked = code
      .filter((path) => path.startsWith(`${workspace}/`))
      .flatMap(importsOf)
      .filter((from) => !from.startsWith(".") && !from.startsWith("node:"));
    expect(asked.map(packageOf).filter((name) => !(name in own))).toEqual([]);
    expect(Object.entries(own).filter(([name, one]) => (shared[name] ?? one) !== one)).toEqual([]);
    expect(version).toBe(whole.version);
  }
});

test("a test lies where what it tests lies", () => {
  const places = files("test/**/*.test.{ts,tsx}").map((path) => dirname(path).split("/")[1]);
  const known = new Set([
    ...folders,
    "faults",
    "histories",
    "mutants",
    "product",
    "recipes",
    undefined,
  ]);
  expect([...new Set(places)].filter((place) => !known.has(place))).toEqual([]);
});

test.runIf(existsSync(at(".git")))(
  "nothing that is committed is somebody's own: no secret file, no data, no build",
  () => {
    const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
    const own =
      /^(?:\.env$|secrets\/|\.tollgate\/|node_modules\/|web\/dist\/)|\.(?:log|pem|key|js)$/u;
    expect(tracked.filter((path) => own.test(path))).toEqual([]);
  },
);

test("hooks of tests are registered by the test's file: files of one process share other modules", () => {
  const hooks = /^(?:before|after)(?:All|Each)\(|^(?:export )?const .* = use[A-Z]\w*\(/mu;
  const shared = code.filter((path) => /^test\/.*(?<!\.test)\.tsx?$/u.test(path));
  // The soak is run alone.
  const registering = shared.filter((path) => hooks.test(readFileSync(`${root}/${path}`, "utf8")));
  expect(registering).toEqual(["test/faults/soak.ts"]);
});
