import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startCryptoBotEmulator } from "../../emulators/cryptobot/emulator.ts";
import { startTBankEmulator } from "../../emulators/tbank/emulator.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { startToncenterEmulator } from "../../emulators/toncenter/emulator.ts";
import { describeDemo } from "../../gateways/payments/demo.ts";
import { providers } from "../../gateways/payments/registry.ts";
import { chromiumPath, hasChromium } from "../../tools/servers/chromium.ts";
import { adminId, startDemoBot } from "./demo-bot.ts";
import { type KeyTest, startDemoServer } from "./demo-server.ts";

const run = promisify(execFile);
const mustRun = Boolean(process.env["CI"] || process.env["TOLLGATE_REQUIRE_ALL"]);

/**
 * Why browser tests are skipped, to be added to a suite's name;
 * undefined when they can or must run.
 */
export const noBrowser: string | undefined =
  hasChromium() || mustRun
    ? undefined
    : ` (skipped: no Chromium at ${chromiumPath}; install it or set CHROMIUM_PATH)`;

const root = join(import.meta.dirname, "../..");
const vite = join(root, "node_modules/vite/bin/vite.js");

/**
 * Builds the page from its present sources, as for production, into a new folder.
 * Returns the folder.
 */
export async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "tollgate-web-"));
  const env = { ...process.env, NODE_ENV: "production" };
  await run(process.execPath, [vite, "build", "web", "--outDir", outDir], { cwd: root, env });
  return outDir;
}

/** What the page learns from the api. */
export const demoInfo = {
  temporalUi: "http://127.0.0.1:8233",
  adminId,
  people: [
    { id: 5001, name: "Bob" },
    { id: 5002, name: "Мария" },
    { id: adminId, name: "Alice Admin" },
  ],
  vpnHost: "memory",
  tryKey: true,
};

interface DemoOptions {
  readonly dist: string;
  readonly tryKey: (conf: string) => KeyTest;
  /** Whether there are gateways beside Telegram. */
  readonly withGateways: boolean;
}

async function startGateways() {
  const [cryptobot, tbank, ton] = await Promise.all([
    startCryptoBotEmulator({ port: 0, token: "12345:AAmadeForATest" }),
    startTBankEmulator({ port: 0, terminalKey: "DEMO", password: "made-for-a-test" }),
    startToncenterEmulator({ port: 0 }),
  ]);
  return { cryptobot, tbank, ton };
}

/** What `npm start` tells the api of the emulated gateways. */
function describeGateways(emulators: Readonly<Record<string, { readonly url: string }>>) {
  return providers.flatMap(({ name, demo }) => {
    const at = emulators[name];
    if (demo === undefined || at === undefined) return [];
    return [JSON.parse(JSON.stringify(describeDemo(name, at.url, demo)))];
  });
}

/** Starts a Telegram emulator with a bot, and the demo page. */
export async function startDemoFixture({ dist, tryKey, withGateways }: DemoOptions) {
  const folder = await mkdtemp(join(tmpdir(), "tollgate-demo-"));
  const dataFile = join(folder, "telegram.jsonl");
  const emulate = (port: number) => startTelegramEmulator({ port, token: "123456:TEST", dataFile });
  const telegram = { now: await emulate(0) };
  const { url, port } = telegram.now;
  const change = (id: number, body: object) => send("PUT", `${url}/person/${id}`, body);
  for (const { id, name } of demoInfo.people) await change(id, { first_name: name });
  const bot = await startDemoBot(url);
  const gateways = withGateways ? await startGateways() : undefined;
  const behind = {
    DEMO_TELEGRAM_URL: url,
    DEMO_VPN_CLIENT_URL: "http://127.0.0.1:9/answered-before-it-is-asked",
    DEMO_GATEWAYS: describeGateways({ stars: telegram.now, ...gateways }),
    DEMO_ADMIN_ID: adminId,
    DEMO_VPN_HOST: "amneziawg",
    TEMPORAL_UI_URL: demoInfo.temporalUi,
    TEMPORAL_NAMESPACE: "default",
    METRICS_URL: undefined,
  } as const;
  const server = await startDemoServer({ dist, tryKey, behind });
  return {
    url: server.url,
    bot: bot.telegram,
    telegramUrl: url,
    gateways,
    write: (id: number, text: string) => send("POST", `${url}/person/${id}/messages`, { text }),
    stopTelegram: async () => {
      await bot.stop();
      await telegram.now.close();
    },
    startTelegram: async () => void (telegram.now = await emulate(port)),
    close: async () => {
      await bot.stop();
      await server.close();
      await Promise.all([telegram.now, ...Object.values(gateways ?? {})].map((it) => it.close()));
      await rm(folder, { recursive: true });
    },
  };
}

async function send(method: string, url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url}: ${await response.text()}`);
}
