import { join } from "node:path";
import { startDemoGateways } from "./demo-gateways.ts";
import { baseEnvironment } from "./environment.ts";
import { startProductProcess } from "./product-process.ts";
import { seedDemo } from "./seed.ts";
import type { Service, Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";
import { startVpnHost } from "./vpn-host.ts";

/** Emulators of the outside world, for whatever is not configured. */
export const demoServices: readonly Service[] = [
  { name: "telegram", needs: [], stopsAt: 2, start: telegram },
  { name: "gateways", needs: [], stopsAt: 2, start: startDemoGateways },
  { name: "vpn-host", needs: [], stopsAt: 2, start: startVpnHost },
  { name: "vpn-client", needs: ["vpn-host"], stopsAt: 2, start: vpnClient },
];

const realBot: Started = { where: "", what: "off: a real bot is configured" };

async function telegram(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (!configuration.demo) {
    return {
      ...realBot,
      where: configuration.TELEGRAM_API_ROOT ?? "https://api.telegram.org",
      what: "yours (BOT_TOKEN)",
    };
  }
  const url = `http://127.0.0.1:${configuration.TELEGRAM_EMULATOR_PORT}`;
  const running = await startProductProcess(context, {
    name: "telegram",
    file: "emulators/telegram/main.ts",
    heapMb: 256,
    env: {
      ...baseEnvironment(configuration),
      BOT_TOKEN: configuration.botToken,
      TELEGRAM_EMULATOR_PORT: String(configuration.TELEGRAM_EMULATOR_PORT),
      TELEGRAM_EMULATOR_DATA: join(configuration.dataDir, "telegram.jsonl"),
    },
    graceMs: 1_000,
    readyUrl: `${url}/healthz`,
  });
  addresses.telegramUrl = url;
  await seedDemo(url);
  return { where: url, what: "emulated", running };
}

async function vpnClient(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (!configuration.demo) return realBot;
  if (addresses.awgNode === undefined)
    return { where: "", what: "off: awgnode cannot be built here" };
  const port = configuration.VPN_CLIENT_EMULATOR_PORT;
  const url = `http://127.0.0.1:${port}`;
  const running = await startProductProcess(context, {
    name: "vpn-client",
    file: "emulators/vpn-client/main.ts",
    heapMb: 96,
    env: {
      ...baseEnvironment(configuration),
      AWG_NODE_PATH: addresses.awgNode,
      VPN_CLIENT_EMULATOR_PORT: String(port),
    },
    graceMs: 1_000,
    readyUrl: `${url}/healthz`,
  });
  addresses.vpnClientUrl = url;
  return { where: url, what: "tries a customer's key on this machine", running };
}
