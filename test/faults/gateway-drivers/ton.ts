import * as fc from "fast-check";
import { money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { startToncenterEmulator } from "../../../emulators/toncenter/emulator.ts";
import { ask } from "./control.ts";
import {
  type GatewayCharge,
  type GatewayDriver,
  type GatewayDriverKind,
  type SoldCurrency,
  tenth,
} from "./gateway-driver.ts";
import { callTroubles } from "./troubles.ts";

const coins = ["GRAM", "USDT"] as const;

const pageTroubles = fc.oneof(
  fc.constant({ page: "repeat", times: 2 }),
  fc.constant({ page: "shift", by: 3, times: 2 }),
  fc.constant({ page: "shift", by: -3, times: 2 }),
  fc.constant({ page: "lag", blocks: 5, times: 2 }),
  fc.constant({ page: "not-final", rows: 2, shown: "marked", times: 2 }),
  fc.constant({ page: "not-final", rows: 2, shown: "hidden", times: 2 }),
);

/**
 * TON: anybody may send any amount, any number of times, in either currency; there are no refunds.
 */
export const ton: GatewayDriverKind = {
  name: "ton",
  currencies: coins,
  refunds: "none",
  actions: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("pay" as const),
        tenths: fc.oneof(
          { weight: 3, arbitrary: fc.constant(10) },
          { weight: 2, arbitrary: fc.integer({ min: 1, max: 20 }) },
        ),
        by: fc.constantFrom("asked", "asked", "asked", "other"),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "payForNothing" as const }) },
  ),
  troubles: fc.oneof(callTroubles(["transactions"]), pageTroubles),
  open,
};

interface Info {
  readonly merchant: { readonly raw: string; readonly non_bounceable: string };
  readonly usdt: { readonly master: { readonly bounceable: string } };
}

/** The transactions of a transfer, by account. */
interface SentTransfer {
  readonly transactions: readonly { account: string; lt: string; hash: string }[];
}

async function open(): Promise<GatewayDriver> {
  const emulator = await startToncenterEmulator({ port: 0 });
  const { url } = emulator;
  const { merchant, usdt } = await ask<Info>(`${url}/control/info`, undefined, "GET");
  const accounts: Readonly<Partial<Record<SoldCurrency, string>>> = {
    GRAM: merchant.raw,
    USDT: await findJettonWallet(url, merchant.raw),
  };
  const charges = new Map<string, GatewayCharge[]>();
  const send = async (of: string, currency: SoldCurrency, { amount, comment }: Transfer) => {
    const jetton = currency === "USDT" ? { jetton: "usdt" } : {};
    const transfer = { amount: String(amount), comment, ...jetton };
    const { transactions } = await ask<SentTransfer>(`${url}/control/pay`, transfer);
    const arrived = transactions.find(({ account }) => account === accounts[currency]);
    if (arrived === undefined) throw new Error(`${comment}: nothing arrived at our wallet`);
    const reference = `${Buffer.from(arrived.hash, "base64").toString("hex")}:${arrived.lt}`;
    const paid = money(amount, currency);
    const returned = money(0, currency);
    charges.set(of, [...(charges.get(of) ?? []), { reference, paid, returned }]);
  };
  return {
    kind: ton,
    variables: {
      TON_WALLET: merchant.non_bounceable,
      TON_USDT_MASTER: usdt.master.bounceable,
      TONCENTER_URL: url,
      TONCENTER_API_KEY: "histories",
      TON_PAY_URL: `${url}/pay/`,
    },
    perform: async (action, { order }) => {
      if (action.kind === "payForNothing") {
        const nothing = { amount: 3 * tenth.GRAM, comment: "for the coffee" };
        return send(noOrder, "GRAM", nothing);
      }
      if (action.kind !== "pay") return;
      const currency = coinOf(order, action.by);
      const one = action.by === "asked" ? order.price.minor / 10 : tenth[currency];
      return send(order.id, currency, { amount: action.tenths * one, comment: order.memo });
    },
    makeTrouble: (trouble) => ask(`${url}/control/faults`, trouble),
    chargesOf: async ({ id }) => charges.get(id) ?? [],
    unmatched: async () => charges.get(noOrder) ?? [],
    close: () => emulator.close(),
  };
}

/** The key of transfers whose comment names no order. */
const noOrder = "nobody";

interface Transfer {
  readonly amount: number;
  readonly comment: string;
}

/** The currency of the price, or the other one. */
function coinOf({ price }: PaymentOrder, by: string): SoldCurrency {
  const isAsked = (coin: SoldCurrency) => coin === price.currency;
  return coins.find((coin) => isAsked(coin) === (by === "asked")) ?? "GRAM";
}

/** Finds our jetton wallet, which the first transfer to it creates. */
async function findJettonWallet(url: string, owner: string): Promise<string> {
  const dust = { amount: "1", comment: "makes the wallet", jetton: "usdt" };
  await ask<SentTransfer>(`${url}/control/pay`, dust);
  const found = await ask<{ jetton_wallets: { address: string }[] }>(
    `${url}/api/v3/jetton/wallets?owner_address=${owner}`,
    undefined,
    "GET",
  );
  const [wallet] = found.jetton_wallets;
  if (wallet === undefined) throw new Error("the emulated chain has no jetton wallet of ours");
  return wallet.address;
}
