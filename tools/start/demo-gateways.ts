import { join } from "node:path";
import { baseEnvironment } from "./environment.ts";
import { startOwn } from "./product-process.ts";
import type { Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

const at = (port: number): string => `http://127.0.0.1:${port}`;

const cryptoBotToken = "12345:AAtollgateEmulatedCryptoPayToken00000";
const tbank = { terminalKey: "1366000000001DEMO", password: "emulatedTBankPass000" } as const;

/** Emulated CryptoBot, T-Bank and toncenter: money that is none, so only beside an emulated Telegram. */
export async function demoGateways(stage: StartContext): Promise<Started> {
  const { configuration, addresses } = stage;
  if (!configuration.demo) return { where: "", what: "off: a real bot is configured" };
  const { dataDir, API_PORT } = configuration;
  const ports = {
    CRYPTOBOT_EMULATOR_PORT: configuration.CRYPTOBOT_EMULATOR_PORT,
    TBANK_EMULATOR_PORT: configuration.TBANK_EMULATOR_PORT,
    TONCENTER_EMULATOR_PORT: configuration.TONCENTER_EMULATOR_PORT,
  };
  const toncenter = at(ports.TONCENTER_EMULATOR_PORT);
  const webhook = (gateway: string) => `${at(API_PORT)}/webhooks/${gateway}`;
  const running = await startOwn(stage, {
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
    CRYPTOBOT_URL: at(ports.CRYPTOBOT_EMULATOR_PORT),
    CRYPTOBOT_REFUNDS: "true",
    TBANK_TERMINAL_KEY: tbank.terminalKey,
    TBANK_PASSWORD: tbank.password,
    TBANK_URL: at(ports.TBANK_EMULATOR_PORT),
    TBANK_NOTIFICATION_URL: webhook("tbank"),
    ...(await wallet(toncenter)),
  };
  return { where: at(ports.CRYPTOBOT_EMULATOR_PORT), what: "emulated, money of no worth", running };
}

/** The merchant's address and the jetton's are the emulated chain's own. */
async function wallet(toncenter: string): Promise<Record<string, string>> {
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
