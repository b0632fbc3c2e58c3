import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { RecipeTree } from "./recipe-tree.ts";

// docs/recipes/gateway.md, followed in a copy of the tree.

const adapter = `import { money } from "../../../domain/money.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { MemoryPaymentGateway } from "../memory.ts";

/** The least that one payment may cost. */
export const least = money(100, "RUB");

/** A gateway in this process. */
export class ToyGateway extends MemoryPaymentGateway {
  constructor(key: string) {
    super({ name: gatewayName("toy"), account: \`toy/\${key.length}\`, currencies: ["RUB"] });
  }
}
`;

const webhook = `import * as z from "zod";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { sameSecret } from "../../../runtime/secret.ts";
import { textOf, type WebhookProvider } from "../webhook-port.ts";

const gateway = gatewayName("toy");
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
  keys: ["TOY_KEY"],
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

const faults = `import * as z from "zod";
import { chance, deliveryFault, forgedWebhook, gatewayCallFault } from "../kit/faults.ts";

/** What \`POST /control/faults\` takes. */
export const faultSchema = z.union([
  z.strictObject({ ...gatewayCallFault, ...chance }),
  z.strictObject({ ...deliveryFault, ...chance }),
  z.strictObject({ ...forgedWebhook, ...chance }),
]);
`;

const guide = `
| Variable            | Process     | Default   | Meaning                 |
| ------------------- | ----------- | --------- | ----------------------- |
| \`TOY_KEY\`           | worker, api | none: off | The toy's key           |
| \`TOY_URL\`           | worker      | none      | Where it is             |
| \`TOY_EMULATOR_PORT\` |             | 8099      | Of the emulated gateway |
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

const namedTon = /(\n {2}ton: "[^"]+",)/u;
const withToy = '$1\n  toy: "Toy",';

let tree: RecipeTree;

beforeAll(() => {
  tree = new RecipeTree();
  tree.write("gateways/payments/toy/adapter.ts", adapter);
  tree.write("gateways/payments/toy/webhook.ts", webhook);
  tree.write("gateways/payments/toy/index.ts", index);
  tree.write("gateways/payments/toy/demo.ts", demo);
  tree.write("emulators/toy/emulator.ts", emulator);
  tree.write("emulators/toy/faults.ts", faults);
  tree.write("emulators/toy/main.ts", 'import { toy } from "./emulator.ts";\n\nawait toy.run();\n');
  tree.write("test/gateways/payments/toy.test.ts", contract);
  tree.edit("docs/configuration.md", /$/u, guide);
  for (const [file, name] of [
    ["registry", "toyProvider"],
    ["webhooks", "toyWebhook"],
  ] as const) {
    const from = name === "toyProvider" ? "./toy/index.ts" : "./toy/webhook.ts";
    tree.edit(`gateways/payments/${file}.ts`, /^/u, `import { ${name} } from "${from}";\n`);
    tree.edit(`gateways/payments/${file}.ts`, /(: readonly \w+\[\] = \[)/u, `$1${name}, `);
  }
  for (const language of ["en", "ru"]) {
    tree.edit(`texts/${language}/payments/orders.ts`, namedTon, withToy);
  }
});
afterAll(() => tree.remove());

test("a gateway that follows its recipe compiles, and no file beside the recipe's had to change", () => {
  const files = ["gateways/**/*.ts", "texts/**/*.ts", "emulators/toy/*.ts"];
  expect(tree.compile(...files, "test/gateways/payments/toy.test.ts")).toBe("");
});

test("one that a language has no name for does not compile", () => {
  const path = "texts/ru/payments/orders.ts";
  tree.edit(path, '\n  toy: "Toy",', "");
  expect(tree.compile("texts/**/*.ts")).toContain("Property 'toy' is missing");
  tree.edit(path, namedTon, withToy);
});

test("it is configured by its own variable: worker and api know it without being told", () => {
  const printed = tree.print(
    `import { connectWebhooks, webhookEnvironment } from "./gateways/payments/webhooks.ts";
     import { connectGateways, gatewayEnvironment } from "./workers/gateways.ts";
     const env = { TOY_KEY: "secret" };
     const gateways = connectGateways(env, { botToken: "1:a", telegramApiRoot: "http://x" });
     const { readers } = connectWebhooks(env);
     const reading = readers[0]?.read(Buffer.from("secret 100"), {});
     console.log(JSON.stringify([
       gateways.map(({ capabilities }) => String(capabilities.name)).includes("toy"),
       "TOY_KEY" in gatewayEnvironment, "TOY_KEY" in webhookEnvironment, reading?.kind]));`,
  );
  expect(printed).toBe('[true,true,true,"reported"]');
});

test("the demo takes its port, its emulator and its faults from its provider", () => {
  const printed = tree.print(
    `import { readConfiguration } from "./tools/start/configuration.ts";
     import { helpText } from "./tools/start/command-line.ts";
     import { apiEnvironment } from "./tools/start/environment.ts";
     const configuration = readConfiguration({}, ".");
     const gateways = { TOY_KEY: "secret", TOY_URL: "http://127.0.0.1:8099" };
     const addresses = { databaseOwnerUrl: "postgres://h/d", temporal: {}, gateways };
     const passwords = { postgresPassword: "p", writerPassword: "w", readerPassword: "r" };
     const secrets = { ...passwords, encryptionKeys: "k" };
     const api = apiEnvironment({ configuration, addresses, secrets }, 1);
     console.log(JSON.stringify([
       configuration.ports["TOY_EMULATOR_PORT"],
       ["TOY_KEY", "TOY_EMULATOR_PORT 8099"].every((text) => helpText.includes(text)),
       api["TOY_KEY"], JSON.parse(api["DEMO_GATEWAYS"] ?? "")[0]]));`,
  );
  expect(JSON.parse(printed)).toMatchObject([
    8_099,
    true,
    "secret",
    { name: "toy", title: "Toy", url: "http://127.0.0.1:8099", notices: { off: [{}] } },
  ]);
});

test("its emulator starts alone, by its folder's name", async () => {
  const child = spawn(process.execPath, ["emulators/start.ts", "toy"], {
    cwd: tree.folder,
    env: { ...process.env, TOY_EMULATOR_PORT: "0" },
  });
  onTestFinished(() => void child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^toy emulator ready on /u);
});

test("it keeps the promises of its port, and those of every gateway", () => {
  const tests = [
    "test/gateways/payments/toy.test.ts",
    "test/gateways/payments/registry.test.ts",
    "test/web/faults.test.ts",
    "test/deploy/documents.test.ts",
  ];
  expect(tree.test(...tests)).toMatchObject({ status: 0 });
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
  [
    "no workflow may know it",
    "workflows/payments/payment.ts",
    "../gateways/payments/toy/protocol.ts",
  ],
  [
    "no activity may know it",
    "activities/payments/payment.ts",
    "../../gateways/payments/toy/adapter.ts",
  ],
])("the walls hold: %s", (_name, path, from) => {
  expect(tree.breaksWall(path)).toBe(false);
  expect(tree.breaksWallWith(path, from)).toBe(true);
});
