import { afterAll, beforeAll, expect, test } from "vitest";
import { startToncenterEmulator } from "../../emulators/toncenter/emulator.ts";
import type { DemoAddresses } from "../../gateways/payments/demo.ts";
import { providers } from "../../gateways/payments/registry.ts";
import { readConfiguration } from "../../tools/start/configuration.ts";
import { emulatedGateways } from "../../tools/start/emulators.ts";
import { apiEnvironment, workerEnvironment } from "../../tools/start/environment.ts";

/** All emulators at one place: only that of TON is asked for what it has chosen. */
let at: DemoAddresses;
const cleanup = new AsyncDisposableStack();

beforeAll(async () => {
  const toncenter = await startToncenterEmulator({ port: 0 });
  cleanup.defer(() => toncenter.close());
  at = { url: toncenter.url, webhookUrl: "http://127.0.0.1:8000/webhooks/x" };
});
afterAll(() => cleanup.disposeAsync());

const secrets = {
  postgresPassword: "p",
  writerPassword: "w",
  readerPassword: "r",
  encryptionKeys: "k",
};

/** What worker and api are given in the demo when the operator has set these variables. */
async function environmentsWith(given: Readonly<Record<string, string>>) {
  const emulated = emulatedGateways.map(({ emulator }) => emulator.productVariables(at));
  const gateways = Object.assign({}, ...(await Promise.all(emulated))) as Record<string, string>;
  const addresses = { databaseOwnerUrl: "postgres://h/d", temporal: {}, gateways };
  const configuration = { ...readConfiguration({}, "."), given };
  const context = { configuration, addresses, secrets };
  return { worker: workerEnvironment(context, 1), api: apiEnvironment(context, 1) };
}

type Environments = Awaited<ReturnType<typeof environmentsWith>>;

interface Emulated {
  readonly name: string;
  readonly keys: readonly string[];
  readonly others: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const listEmulated = (): Promise<Emulated[]> =>
  Promise.all(
    emulatedGateways.map(async ({ name, emulator }) => {
      const { keys = [], environment = {} } = providers.find((one) => one.name === name) ?? {};
      const others = Object.keys(environment).filter((variable) => !keys.includes(variable));
      return { name, keys, others, variables: await emulator.productVariables(at) };
    }),
  );

test("every emulated gateway says by which keys it is configured", async () => {
  const all = await listEmulated();
  expect(all.length).toBeGreaterThan(2);
  const without = all.filter(
    ({ keys, variables }) => keys.length === 0 || keys.some((key) => !(key in variables)),
  );
  expect(without).toEqual([]);
});

/** The gateways whose emulators the demo's page offers. */
const shownIn = ({ api }: Environments): string[] =>
  (JSON.parse(api["DEMO_GATEWAYS"] ?? "[]") as { readonly name: string }[]).map(({ name }) => name);

test("a gateway of which no key is given stays emulated, whatever else is set of it", async () => {
  for (const { name, others, variables } of await listEmulated()) {
    for (const variable of others) {
      const environments = await environmentsWith({ [variable]: "operator" });
      expect(environments.worker).toMatchObject({ [variable]: "operator", ...variables });
      expect(shownIn(environments)).toContain(name);
    }
  }
});

test("a gateway of which a key is given is the operator's: nothing of its emulator is left", async () => {
  for (const { name, keys, variables } of await listEmulated()) {
    for (const key of keys) {
      const environments = await environmentsWith({ [key]: "operator" });
      const { worker } = environments;
      const left = Object.keys(variables).filter((variable) => worker[variable] !== undefined);
      expect(left).toEqual([key]);
      expect(worker[key]).toBe("operator");
      expect(shownIn(environments)).not.toContain(name);
    }
  }
});
