import { currencies as all, type Money, money, parseMoney } from "../../../domain/money.ts";
import { CryptoBotGateway } from "../../../gateways/payments/cryptobot/adapter.ts";
import type { CoinCode } from "../../../gateways/payments/cryptobot/protocol.ts";
import { type Options, startCryptoBot, token } from "../../emulators/cryptobot-client.ts";
import { callFaults } from "./call-faults.ts";
import type { GatewayFixture } from "./fixture.ts";

export interface CryptoBotFixture extends GatewayFixture {
  readonly gateway: CryptoBotGateway;
  readonly bot: Awaited<ReturnType<typeof startCryptoBot>>;
}

interface CryptoBotOptions {
  readonly price?: Money;
  readonly emulator?: Options;
  readonly refunds?: boolean;
  readonly coin?: CoinCode;
  readonly pageSize?: number;
}

const faultOf = callFaults(
  { issueInvoice: "createInvoice", refund: "transfer" },
  { code: 400, name: "NOT_THIS_TIME" },
);

/** Crypto Pay's emulator and its customers, for one test. */
export async function openCryptoBot(given: CryptoBotOptions = {}): Promise<CryptoBotFixture> {
  const { price = money(10_000_000, "USDT"), emulator = {}, refunds = true, coin = "TON" } = given;
  const bot = await startCryptoBot(emulator);
  const currencies = all.filter((currency) => !["XTR", "EUR"].includes(currency));
  const settings = { url: bot.url, token, currencies, coin, refunds };
  const another = () => new CryptoBotGateway({ ...settings, pageSize: given.pageSize ?? 3 });
  return {
    gateway: another(),
    another,
    bot,
    price,
    pay: async (_order, { reference }) => void (await bot.pay(Number(reference))),
    returned: async ({ telegramId }) => {
      const { result } = await bot.call<{ items: { user_id: number; amount: string }[] }>(
        "getTransfers",
      );
      return result.items
        .filter(({ user_id }) => user_id === telegramId)
        .reduce((sum, { amount }) => sum + (parseMoney(amount, price.currency)?.minor ?? 0), 0);
    },
    inject: (step, trouble) => bot.fault(faultOf(step, trouble)),
    secrets: [token, token.split(":")[1] ?? token],
  };
}
