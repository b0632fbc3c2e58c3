import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
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
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

// docs/recipes/gateway.md, followed in a copy of the tree.
const root = fileURLToPath(new URL("../..", import.meta.url));
const leftOut = /(?:^|\/)(?:node_modules|\.git|\.tollgate|dist)(?:\/|$)/u;

const adapter = `import { money } from "../../../domain/money.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import { MemoryPaymentGateway } from "../memory.ts";

/** The least that one payment may cost. */
export const least = money(100, "RUB");

/** A gateway in this process. */
export class ToyGateway extends MemoryPaymentGateway {
  constructor(key: string) {
    super({ name: "toy" as GatewayName, account: \`toy/\${key.length}\`, currencies: ["RUB"] });
  }
}
`;

const webhook = `import * as z from "zod";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { sameSecret } from "../../../runtime/secret.ts";
import { textOf, type WebhookProvider } from "../webhook-port.ts";

const gateway = "toy" as GatewayName;
const environment = { TOY_KEY: z.string().optional() };

/** Reads a body that is the key, a space and an amount. */
export const toyWebhook: WebhookProvider<typeof environment> = {
  name: "toy",
  environment,
  connect({ TOY_KEY: key }) {
    if (key === undefined) return undefined;
    return {
      gateway,
      acknowledgement: { type: "text", body: "OK" },
      read: (body) => {
        const [given = "", minor = ""] = (textOf(body) ?? "").split(" ");
        if (!sameSecret(given, key)) return { kind: "refused", reason: "signature" };
        const paid = money(Number(minor), "RUB");
        const report = { kind: "paid", reference: "1", paid, at: instant(new Date()) } as const;
        const event = { gateway, report, evidence: minor, source: "gateway" } as const;
        return { kind: "reported", paymentId: unmatchedPaymentId(gateway, "1"), event };
      },
    };
  },
};
`;

const index = `import * as z from "zod";
import type { Provider } from "../provider.ts";
import { ToyGateway } from "./adapter.ts";
import { toyDemo } from "./demo.ts";
import { toyWebhook } from "./webhook.ts";

const environment = { ...toyWebhook.environment, TOY_URL: z.string().optional() };

/** Needs its key alone. */
export const toyProvider: Provider<typeof environment> = {
  name: "toy",
  environment,
  demo: toyDemo,
  connect({ TOY_KEY: key }) {
    return key === undefined ? undefined : new ToyGateway(key);
  },
};
`;

const demo = `import { answerFaults, type GatewayDemo, webhookFaults } from "../demo.ts";

/** The toy in the demo. */
export const toyDemo: GatewayDemo = {
  title: "Toy",
  noticesTitle: "Webhooks",
  notices: webhookFaults,
  answers: answerFaults({ changing: ["pay"], all: [] }),
  emulator: {
    folder: "toy",
    usualPort: 8099,
    urlVariable: "TOY_URL",
    emulatorVariables: () => ({ TOY_KEY: "secret" }),
    productVariables: async ({ url }) => ({ TOY_KEY: "secret", TOY_URL: url }),
  },
};
`;

const emulator = `import * as z from "zod";
import { defineEmulator } from "../kit/emulator.ts";
import { portOr } from "../kit/options.ts";

/** Knows its port alone. */
export const toy = defineEmulator({
  name: "toy",
  prefix: "TOY_EMULATOR",
  options: z.object({ port: portOr(8099) }),
  open: () => ({
    answer: async () => ({ status: 200, body: { toy: true } }),
    stop: () => undefined,
  }),
});
`;

const contract = `import { ToyGateway } from "../../../gateways/payments/toy/adapter.ts";
import { money } from "../../../domain/money.ts";
import { paymentGatewayContract } from "./contract.ts";

paymentGatewayContract(
  { name: "toy", refunds: "partial", hasStatement: true, calls: [] },
  async () => {
    const gateway = new ToyGateway("secret");
    return {
      gateway,
      another: () => gateway,
      price: money(29_900, "RUB"),
      pay: async (order) => void gateway.settle(order),
      returned: async (_order, reference) => gateway.returnedOf(reference),
      inject: async () => undefined,
      secrets: ["secret"],
    };
  },
);
`;

let folder = "";
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const edit = (path: string, from: string | RegExp, to: string) => {
  const before = readFileSync(join(folder, path), "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`the recipe does not fit ${path} any more`);
  write(path, after);
};
const run = (program: string, ...args: string[]) => {
  const command = [join(root, "node_modules", program), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}` };
};
const lint = (...paths: string[]) => run("oxlint/bin/oxlint", "--format", "unix", ...paths);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tollgate-recipe-"));
  const filter = (path: string) => !leftOut.test(path.slice(root.length));
  cpSync(root, folder, { recursive: true, filter });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  write("gateways/payments/toy/adapter.ts", adapter);
  write("gateways/payments/toy/webhook.ts", webhook);
  write("gateways/payments/toy/index.ts", index);
  write("gateways/payments/toy/demo.ts", demo);
  write("emulators/toy/emulator.ts", emulator);
  write("emulators/toy/main.ts", 'import { toy } from "./emulator.ts";\n\nawait toy.run();\n');
  write("test/gateways/payments/toy.test.ts", contract);
  for (const [file, name] of [
    ["registry", "toyProvider"],
    ["webhooks", "toyWebhook"],
  ] as const) {
    const from = name === "toyProvider" ? "./toy/index.ts" : "./toy/webhook.ts";
    edit(`gateways/payments/${file}.ts`, /^/u, `import { ${name} } from "${from}";\n`);
    edit(`gateways/payments/${file}.ts`, /(: readonly \w+\[\] = \[)/u, `$1${name}, `);
  }
  for (const language of ["en", "ru"]) {
    edit(`texts/${language}/payments/orders.ts`, /(\n\s+ton: "[^"]+",)/u, '$1\n      toy: "Toy",');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a gateway that follows its recipe compiles, and no file beside the recipe's had to change", () => {
  const include = [
    "gateways/**/*.ts",
    "texts/**/*.ts",
    "emulators/toy/*.ts",
    "test/gateways/payments/toy.test.ts",
  ];
  write("tsconfig.recipe.json", JSON.stringify({ extends: "./test/tsconfig.json", include }));
  expect(run("typescript/bin/tsc", "-p", "tsconfig.recipe.json").output).toBe("");
});

test("it is configured by its own variable: worker and api know it without being told", () => {
  write(
    "probe.ts",
    `import { connectWebhooks, webhookEnvironment } from "./gateways/payments/webhooks.ts";
     import { connectGateways, gatewayEnvironment } from "./workers/gateways.ts";
     const env = { TOY_KEY: "secret" };
     const gateways = connectGateways(env, { botToken: "1:a", telegramApiRoot: "http://x" });
     const { readers } = connectWebhooks(env);
     const reading = readers[0]?.read(Buffer.from("secret 100"), {});
     console.log(JSON.stringify([
       gateways.map(({ capabilities }) => capabilities.name).includes("toy" as never),
       "TOY_KEY" in gatewayEnvironment, "TOY_KEY" in webhookEnvironment, reading?.kind]));`,
  );
  const { stdout } = spawnSync(process.execPath, ["probe.ts"], { cwd: folder, encoding: "utf8" });
  rmSync(join(folder, "probe.ts"));
  expect(stdout.trim()).toBe('[true,true,true,"reported"]');
});

test("the demo takes its port, its emulator and its faults from its provider", () => {
  write(
    "probe.ts",
    `import { readConfiguration } from "./tools/start/configuration.ts";
     import { helpText } from "./tools/start/command-line.ts";
     import { apiEnvironment } from "./tools/start/environment.ts";
     const configuration = readConfiguration({}, ".");
     const gateways = { TOY_KEY: "secret", TOY_URL: "http://127.0.0.1:8099" };
     const addresses = { databaseOwnerUrl: "postgres://h/d", temporal: {}, gateways };
     const secrets = { writerPassword: "w", readerPassword: "r", encryptionKeys: "k" };
     const api = apiEnvironment({ configuration, addresses, secrets } as never, 1);
     console.log(JSON.stringify([
       configuration.ports["TOY_EMULATOR_PORT"], helpText.includes("TOY_EMULATOR_PORT 8099"),
       api.TOY_KEY, JSON.parse(api.DEMO_GATEWAYS ?? "")[0]]));`,
  );
  const { stdout } = spawnSync(process.execPath, ["probe.ts"], { cwd: folder, encoding: "utf8" });
  rmSync(join(folder, "probe.ts"));
  expect(JSON.parse(stdout)).toMatchObject([
    8_099,
    true,
    "secret",
    { name: "toy", title: "Toy", url: "http://127.0.0.1:8099", notices: { off: [{}] } },
  ]);
});

test("its emulator starts alone, by its folder's name", async () => {
  const child = spawn(process.execPath, ["emulators/start.ts", "toy"], {
    cwd: folder,
    env: { ...process.env, TOY_EMULATOR_PORT: "0" },
  });
  onTestFinished(() => void child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^toy emulator ready on /u);
});

test("it keeps the promises of its port", () => {
  write("vitest.config.ts", 'export default { test: { include: ["test/**/toy.test.ts"] } };\n');
  const { status, output } = run("vitest/vitest.mjs", "run", "test/gateways/payments/toy.test.ts");
  rmSync(join(folder, "vitest.config.ts"));
  expect({ status, output }).toMatchObject({ status: 0 });
});

test.each([
  [
    "its webhook's reader may not load its adapter",
    "gateways/payments/toy/webhook.ts",
    "./adapter.ts",
  ],
  ["it may not know another provider", "gateways/payments/toy/adapter.ts", "../tbank/protocol.ts"],
  ["it may not know the database", "gateways/payments/toy/adapter.ts", "../../../db/orm.ts"],
  ["the api may not load its adapter", "api/app.ts", "../gateways/payments/toy/adapter.ts"],
  ["no workflow may know it", "workflows/payment.ts", "../gateways/payments/toy/protocol.ts"],
  [
    "no activity may know it",
    "activities/payments/payment.ts",
    "../../gateways/payments/toy/adapter.ts",
  ],
])("the walls hold: %s", (_name, path, from) => {
  const before = readFileSync(join(folder, path), "utf8");
  expect(lint(path).output).not.toContain("no-restricted-imports");
  write(path, `import * as wall from "${from}";\nexport const probe = wall;\n${before}`);
  expect(lint(path).output).toContain("no-restricted-imports");
  write(path, before);
});
