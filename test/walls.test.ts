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
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const typesOnly = "types ";
const clients = ["zod", "@temporalio/client"];

interface Wall {
  /** As .oxlintrc.json names the files behind it. */
  readonly files: string;
  /** Where a file that tries the wall is put; with a folder below, since ways up are named by their length. */
  readonly from: readonly string[];
  readonly keepsOut: readonly string[];
  readonly letsIn: readonly string[];
}

/** One folder up from the top of a folder; a probe deeper down goes further up. */
const walls: readonly Wall[] = [
  {
    files: "domain/**",
    from: ["domain/probe.ts"],
    keepsOut: [
      "zod",
      "node:crypto",
      "../runtime/log.ts",
      "../workflows/contract.ts",
      "../db/orm.ts",
    ],
    letsIn: ["./ids.ts"],
  },
  {
    files: "texts/**",
    from: ["texts/probe.ts"],
    keepsOut: ["zod", "node:fs", "../db/orm.ts", "../bot/bot.ts", "../gateways/messenger.ts"],
    letsIn: ["./en.ts", "../domain/captcha.ts"],
  },
  {
    files: "workflows/**",
    from: ["workflows/probe.ts"],
    keepsOut: [
      "../activities/signup.ts",
      "../db/orm.ts",
      "../gateways/messenger.ts",
      "node:fs",
      "zod",
    ],
    letsIn: ["../domain/ids.ts", "@temporalio/workflow", `${typesOnly}../activities/signup.ts`],
  },
  {
    files: "activities/**",
    from: ["activities/probe.ts"],
    keepsOut: [
      "../workflows/contract.ts",
      "../gateways/vpn-host/memory.ts",
      "../runtime/environment.ts",
      "telegraf",
      "node:process",
    ],
    letsIn: [
      "../domain/ids.ts",
      "../db/customers.ts",
      "../gateways/messenger.ts",
      "../texts/index.ts",
    ],
  },
  {
    files: "gateways/**",
    from: ["gateways/probe.ts", "gateways/vpn-host/probe.ts"],
    keepsOut: ["../db/orm.ts", "../workflows/contract.ts", "telegraf", "@temporalio/client"],
    letsIn: ["../domain/ids.ts", "node:fs", "zod"],
  },
  {
    files: "gateways/messenger/telegram.ts",
    from: ["gateways/messenger/telegram.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client"],
    letsIn: ["telegraf", "../domain/ids.ts"],
  },
  {
    files: "gateways/messenger/telegram-call.ts",
    from: ["gateways/messenger/telegram-call.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client"],
    letsIn: ["telegraf", "../domain/ids.ts"],
  },
  {
    files: "gateways/payment-gateway/stars.ts",
    from: ["gateways/payment-gateway/stars.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "@ton/core"],
    letsIn: ["telegraf", "../domain/ids.ts", "zod"],
  },
  {
    files: "gateways/payment-gateway/ton.ts",
    from: ["gateways/payment-gateway/ton.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "telegraf"],
    letsIn: ["@ton/core", "../domain/ids.ts"],
  },
  {
    files: "gateways/payment-gateway/ton/**",
    from: ["gateways/payment-gateway/ton/probe.ts"],
    keepsOut: ["../db/orm.ts", "@temporalio/client", "telegraf"],
    letsIn: ["@ton/core", "../domain/ids.ts", "zod"],
  },
  {
    files: "db/**",
    from: ["db/probe.ts", "db/readers/probe.ts"],
    keepsOut: ["../activities/signup.ts", "../runtime/log.ts", ...clients, "kysely", "pg"],
    letsIn: ["@mikro-orm/postgresql", "../domain/ids.ts"],
  },
  {
    files: "db/prepared.ts",
    from: ["db/prepared.ts"],
    keepsOut: ["@mikro-orm/postgresql", "../domain/ids.ts", ...clients],
    letsIn: ["kysely", "pg"],
  },
  {
    files: "db/notifications.ts",
    from: ["db/notifications.ts"],
    keepsOut: ["@mikro-orm/postgresql", "kysely", "../domain/ids.ts", ...clients],
    letsIn: ["pg"],
  },
  {
    files: "runtime/**",
    from: ["runtime/probe.ts"],
    keepsOut: ["../db/orm.ts", "../workflows/contract.ts", "../bot/bot.ts", "telegraf"],
    letsIn: ["../domain/time.ts", "pino", "ioredis"],
  },
  {
    files: "api/**",
    from: ["api/probe.ts", "api/webhooks/probe.ts"],
    keepsOut: [
      "../db/customers.ts",
      "../db/migrate.ts",
      "../workflows/signup.ts",
      "../activities/signup.ts",
      "../gateways/messenger.ts",
      "telegraf",
    ],
    letsIn: ["express", "../db/readers/people.ts", "../workflows/contract.ts"],
  },
  {
    files: "bot/**",
    from: ["bot/probe.ts", "bot/commands/probe.ts"],
    keepsOut: [
      "../db/customers.ts",
      "../db/subscriptions.ts",
      "../workflows/signup.ts",
      "../activities/signup.ts",
      "../gateways/messenger.ts",
      "../api/app.ts",
    ],
    letsIn: [
      "telegraf",
      "../db/readers/people.ts",
      "../workflows/contract.ts",
      "../texts/index.ts",
    ],
  },
  {
    files: "emulators/**",
    from: ["emulators/probe.ts", "emulators/telegram/probe.ts"],
    keepsOut: ["../db/orm.ts", "../bot/bot.ts", "../gateways/vpn-host.ts", "telegraf"],
    letsIn: ["../domain/ids.ts", "express", "zod"],
  },
  {
    files: "emulators/toncenter/**",
    from: ["emulators/toncenter/probe.ts"],
    keepsOut: ["../db/orm.ts", "../gateways/vpn-host.ts", "telegraf", "express", "qrcode"],
    letsIn: ["./chain.ts", "../domain/ids.ts", "zod", "@ton/core"],
  },
  {
    files: "emulators/tbank/**",
    from: ["emulators/tbank/probe.ts", "emulators/tbank/methods/probe.ts"],
    keepsOut: ["../db/orm.ts", "../gateways/vpn-host.ts", "telegraf", "express", "@ton/core"],
    letsIn: ["./world.ts", "node:crypto", "zod", "qrcode"],
  },
  {
    files: "web/**",
    from: ["web/probe.ts", "web/demo/probe.ts"],
    keepsOut: ["../api/app.ts", "../domain/ids.ts", "zod", "node:fs"],
    letsIn: ["react", `${typesOnly}../api/app.ts`],
  },
];

/** What the linter has to say against code of this kind, wherever it stands. */
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

interface Found {
  readonly filename: string;
  readonly code: string;
}

interface Probe {
  readonly file: string;
  readonly wall: string;
  readonly wanted: string;
}

let folder = "";
let found: readonly Found[] = [];
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
  found = (JSON.parse(ran.stdout) as { diagnostics: Found[] }).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files that want one thing each, a folder of its own each where the wall names a single file. */
function probes({ files, from }: Wall, wanted: string, name: string): Probe[] {
  const single = !files.includes("*");
  return from.map((place) => {
    const file = single ? place : place.replace("probe", `probe-${name}`);
    const deeper = dirname(place).split("/").length > 1 && wanted.includes("../") ? "../" : "";
    const target = wanted.replace(typesOnly, "").replace("../", `../${deeper}`);
    const code = wanted.startsWith(typesOnly)
      ? `import type * as it from "${target}"; export type Probe = typeof it;`
      : `import * as it${name} from "${target}"; export const probe${name} = it${name};`;
    write(file, `${code}\n`, single);
    return { file, wall: files, wanted: target };
  });
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
  expect(there.flatMap(({ files }) => files)).toEqual(walls.map(({ files }) => files));
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
