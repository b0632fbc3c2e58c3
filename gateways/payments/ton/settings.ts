import { Address } from "@ton/core";
import * as z from "zod";
import { type Currency, decimalOf, type Money, money, parseMoney } from "../../../domain/money.ts";
import { leastOf } from "../../../domain/operations/reconciliation.ts";
import { addressIn, isForTests } from "./address.ts";

const defaults = {
  toncenter: "https://toncenter.com/",
  pay: "https://app.tonkeeper.com/transfer/",
  /** Tether's own on the main network. */
  usdtMaster: "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs",
} as const;

const addressText = z
  .string()
  .trim()
  .refine((text) => addressIn(text) !== undefined, {
    error: "must be an address of TON like UQ…, EQ… or 0:…: a character of it is missing or wrong",
  });

const address = addressText.transform((text) => Address.parse(text));

/** `forTests`: written as an address of test networks, and shown as one. */
const wallet = addressText.transform((text) => {
  return { address: Address.parse(text), forTests: isForTests(text) };
});

const baseUrl = (protocol: RegExp, example: string) =>
  z
    .url({ protocol, error: `must be a URL like ${example}` })
    .transform((url) => (url.endsWith("/") ? url : `${url}/`));

const sellable = ["GRAM", "USDT"] as const satisfies readonly Currency[];
const sellableList = z
  .string()
  .transform((text) => [...new Set(text.split(",").map((part) => part.trim()))])
  .pipe(z.array(z.enum(sellable, { error: "must be GRAM, USDT or GRAM,USDT" })));

const amountOf = (currency: Currency) =>
  z.string().transform((text, context): Money => {
    const read = parseMoney(text.trim(), currency);
    if (read !== undefined && read.minor > 0) return read;
    const least = decimalOf(money(1, currency));
    const message = `must be an amount of ${currency} with a point, ${least} or more`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** The gateway's variables. */
export const tonEnvironment = {
  /** Where the money goes. The product never needs its keys. */
  TON_WALLET: wallet.optional(),
  TONCENTER_URL: baseUrl(/^https?$/u, defaults.toncenter).default(defaults.toncenter),
  TONCENTER_API_KEY: z.string().min(1).optional(),
  /** What toncenter allows: the plan of the key, or without a key. */
  TONCENTER_CALLS_PER_SECOND: z.coerce
    .number({ error: "must be a number" })
    .min(0.1, "must be 0.1 or more")
    .max(100, "must be 100 or less")
    .optional(),
  TON_USDT_MASTER: address.default(Address.parse(defaults.usdtMaster)),
  /** Opens a wallet. The payee's address is appended. */
  TON_PAY_URL: baseUrl(/^(?:https?|ton)$/u, defaults.pay).default(defaults.pay),
  TON_CURRENCIES: sellableList.default([...sellable]),
  /** Smaller deposits are ignored: every wallet receives dust. */
  TON_MIN_DEPOSIT_GRAM: amountOf("GRAM").default(leastOf("GRAM")),
  TON_MIN_DEPOSIT_USDT: amountOf("USDT").default(money(10_000, "USDT")),
};

type TonEnvironment = z.output<z.ZodObject<typeof tonEnvironment>>;

/** A currency that can be sold in on TON. */
export type TonCurrency = (typeof sellable)[number];

/** Where money arrives, whom to ask about it, and what is taken. */
export interface TonSettings {
  /** `forTests`: written as an address of test networks. */
  readonly wallet: z.output<typeof wallet>;
  readonly toncenterUrl: string;
  /** A secret. */
  readonly toncenterKey?: string | undefined;
  /** Calls per second; undefined: what toncenter allows everybody with, or without, a key. */
  readonly callsPerSecond?: number | undefined;
  readonly usdtMaster: Address;
  readonly payUrl: string;
  readonly currencies: readonly TonCurrency[];
  /** Smaller deposits are ignored. */
  readonly leastDeposit: Readonly<Record<TonCurrency, Money>>;
}

/**
 * The gateway's settings; undefined where there is no wallet, and so no gateway.
 * @throws Error that names the variables that do not fit together.
 */
export function tonSettings(environment: TonEnvironment): TonSettings | undefined {
  const { TON_WALLET: wallet, TONCENTER_URL: toncenterUrl, TONCENTER_API_KEY: key } = environment;
  if (wallet === undefined) {
    if (key === undefined) return undefined;
    throw new Error("TON_WALLET must be set beside TONCENTER_API_KEY: the address to be paid to");
  }
  if (wallet.forTests && toncenterUrl === defaults.toncenter) {
    const problem = "TON_WALLET is an address of test networks (kQ… or 0Q…)";
    throw new Error(
      `${problem}: set TONCENTER_URL to https://testnet.toncenter.com, or correct it`,
    );
  }
  return {
    wallet,
    toncenterUrl,
    toncenterKey: key,
    callsPerSecond: environment.TONCENTER_CALLS_PER_SECOND,
    usdtMaster: environment.TON_USDT_MASTER,
    payUrl: environment.TON_PAY_URL,
    currencies: environment.TON_CURRENCIES,
    leastDeposit: {
      GRAM: environment.TON_MIN_DEPOSIT_GRAM,
      USDT: environment.TON_MIN_DEPOSIT_USDT,
    },
  };
}
