import { join } from "node:path";
import type { DemoAddresses } from "../../gateways/payments/demo.ts";
import type { Configuration } from "./configuration.ts";
import {
  dataVariableOf,
  type EmulatedGateway,
  emulatedGateways,
  portVariableOf,
} from "./emulators.ts";
import { baseEnvironment } from "./environment.ts";
import { startProductProcess } from "./product-process.ts";
import type { Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

/**
 * Starts the emulators of the payment gateways, in one process for the memory of one. Their money
 * is not real, so they run only in the demo.
 */
export async function startDemoGateways(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (!configuration.demo) return { where: "", what: "off: a real bot is configured" };
  const gateways = emulatedGateways.map((gateway) => ({
    ...gateway,
    at: addressesOf(configuration, gateway),
  }));
  const folders = gateways.map(({ emulator }) => emulator.folder);
  const running = await startProductProcess(context, {
    name: "gateways",
    file: "emulators/start.ts",
    args: [folders.join(",")],
    heapMb: 192,
    env: Object.assign(
      baseEnvironment(configuration),
      ...gateways.map(({ emulator, at }) => ({
        [portVariableOf(emulator)]: new URL(at.url).port,
        [dataVariableOf(emulator)]: join(configuration.dataDir, `${emulator.folder}.jsonl`),
        ...emulator.emulatorVariables(at),
      })),
    ) as Record<string, string>,
    graceMs: 1_000,
    // They are started in their order: the last one is ready when all are.
    readyUrl: `${gateways.at(-1)?.at.url}/healthz`,
  });
  const variables = gateways.map(({ emulator, at }) => emulator.productVariables(at));
  addresses.gateways = Object.assign({}, ...(await Promise.all(variables))) as Record<
    string,
    string
  >;
  return { where: gateways[0]?.at.url ?? "", what: "emulated, money of no worth", running };
}

/** Where the emulator of a gateway and the api reach each other on this machine. */
function addressesOf(
  { ports, API_PORT }: Configuration,
  { name, emulator }: EmulatedGateway,
): DemoAddresses {
  return {
    url: `http://127.0.0.1:${ports[portVariableOf(emulator)]}`,
    webhookUrl: `http://127.0.0.1:${API_PORT}/webhooks/${name}`,
  };
}
