import { join } from "node:path";
import { baseEnvironment } from "./environment.ts";
import { startProductProcess } from "./product-process.ts";
import type { Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

const localUrl = (port: number): string => `http://127.0.0.1:${port}`;

const cryptoBotToken = "12345:AAtollgateEmulatedCryptoPayToken00000";
const tbank = { terminalKey: "1366000000001DEMO", password: "emulatedTBankPass000" } as const;

/**
 * Starts emulators of CryptoBot, T-Bank and toncenter. Their money is not real, so they run only in
 * the demo.
 */
export async function startDemoGateways(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (!configuration.demo) return { where: "", what: "off: a real bot is configured" };
  const { dataDir, API_PORT } = configuration;
  const ports = {
    CRYPTOBOT_EMULATOR_PORT: configuration.CRYPTOBOT_EMULATOR_PORT,
    TBANK_EMULATOR_PORT: configuration.TBANK_EMULATOR_PORT,
    TONCENTER_EMULATOR_PORT: configuration.TONCENTER_EMULATOR_PORT,
  };
  const toncenter = localUrl(ports.TONCENTER_EMULATOR_PORT);
  const webhook = (gateway: string) => `${localUrl(API_PORT)}/webhooks/${gateway}`;
  const running = await startProductProcess(context, {
    name: "gateways",
    file: "emulators/gateways.ts",
    heapMb: 192,
    env: {
      ...baseEnvironment(configuration),
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      CRYPTOBOT_TOKEN: cryptoBotToken,
      CRYPTOBOT_EMULATOR_WEBHOOK_URL: webhook("cryptobot"),
      CRYPTOBOT_EMULATOR_DATA: join(dataDir, "cryptobot.jsonl"),
      TBANK_TERMINAL_KEY: tbank.terminalKey,
      TBANK_PASSWORD: tbank.password,
      TBANK_EMULATOR_WEBHOOK_URL: webhook("tbank"),
      TBANK_EMULATOR_DATA: join(dataDir, "tbank.jsonl"),
      TONCENTER_EMULATOR_DATA: join(dataDir, "toncenter.jsonl"),
    },
    graceMs: 1_000,
    readyUrl: `${toncenter}/healthz`,
  });
  addresses.gateways = {
    CRYPTOBOT_TOKEN: cryptoBotToken,
    CRYPTOBOT_URL: localUrl(ports.CRYPTOBOT_EMULATOR_PORT),
    CRYPTOBOT_REFUNDS: "true",
    TBANK_TERMINAL_KEY: tbank.terminalKey,
    TBANK_PASSWORD: tbank.password,
    TBANK_URL: localUrl(ports.TBANK_EMULATOR_PORT),
    TBANK_NOTIFICATION_URL: webhook("tbank"),
    ...(await fetchWallet(toncenter)),
  };
  return {
    where: localUrl(ports.CRYPTOBOT_EMULATOR_PORT),
    what: "emulated, money of no worth",
    running,
  };
}

/**
 * Settings of the TON adapter; the emulated chain chooses the merchant's and the jetton's address.
 */
async function fetchWallet(toncenter: string): Promise<Record<string, string>> {
  const answer = await fetch(`${toncenter}/control/info`);
  const { merchant, usdt } = (await answer.json()) as {
    merchant: { non_bounceable: string };
    usdt: { master: { bounceable: string } };
  };
  return {
    TON_WALLET: merchant.non_bounceable,
    TON_USDT_MASTER: usdt.master.bounceable,
    TONCENTER_URL: toncenter,
    TON_PAY_URL: `${toncenter}/pay/`,
    TONCENTER_CALLS_PER_SECOND: "50",
  };
}
