import { Address } from "@ton/core";
import * as z from "zod";
import { type Currency, decimalOf, type Money, money, parseMoney } from "../../../domain/money.ts";
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
    error: "must be an address of TON like UQ…, EQ… or 0:…: a sign of it is missing or wrong",
  });

const address = addressText.transform((text) => Address.parse(text));

/** `forTests`: spelled as an address of test networks, and shown so. */
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

/** What the gateway reads of its process's environment. */
export const tonEnvironment = {
  /** Where the money goes. The product never needs the keys of it. */
  TON_WALLET: wallet.optional(),
  TONCENTER_URL: baseUrl(/^https?$/u, defaults.toncenter).default(defaults.toncenter),
  TONCENTER_API_KEY: z.string().min(1).optional(),
  /** What toncenter allows: the plan of the key, or one without a key. */
  TONCENTER_CALLS_PER_SECOND: z.coerce
    .number({ error: "must be a number" })
    .min(0.1, "must be 0.1 or more")
    .max(100, "must be 100 or less")
    .optional(),
  TON_USDT_MASTER: address.default(Address.parse(defaults.usdtMaster)),
  /** Opens a wallet. The payee's address is put behind it. */
  TON_PAY_URL: baseUrl(/^(?:https?|ton)$/u, defaults.pay).default(defaults.pay),
  TON_CURRENCIES: sellableList.default([...sellable]),
  /** Less counts for nothing: everybody's wallet is sent dust. */
  TON_MIN_DEPOSIT_GRAM: amountOf("GRAM").default(money(10_000_000, "GRAM")),
  TON_MIN_DEPOSIT_USDT: amountOf("USDT").default(money(10_000, "USDT")),
};

type Given = z.output<z.ZodObject<typeof tonEnvironment>>;

export type TonCurrency = (typeof sellable)[number];

/** Where money of TON arrives, who is asked about it, and what is taken. */
export interface TonSettings {
  /** `forTests`: spelled as an address of test networks. */
  readonly wallet: z.output<typeof wallet>;
  readonly toncenterUrl: string;
  /** A secret. */
  readonly toncenterKey?: string | undefined;
  /** What toncenter allows; undefined: what it allows everybody with, or without, a key. */
  readonly callsPerSecond?: number | undefined;
  readonly usdtMaster: Address;
  readonly payUrl: string;
  readonly currencies: readonly TonCurrency[];
  /** Less counts for nothing. */
  readonly leastDeposit: Readonly<Record<TonCurrency, Money>>;
}

/**
 * Returns undefined where there is no wallet, and so no gateway.
 * @throws Error that names the variables that do not fit each other.
 */
export function tonSettings(given: Given): TonSettings | undefined {
  const { TON_WALLET: wallet, TONCENTER_URL: toncenterUrl, TONCENTER_API_KEY: key } = given;
  if (wallet === undefined) {
    if (key === undefined) return undefined;
    throw new Error("TON_WALLET must be set beside TONCENTER_API_KEY: the address to be paid to");
  }
  if (wallet.forTests && toncenterUrl === defaults.toncenter) {
    const problem = "TON_WALLET is an address of test networks (kQ… or 0Q…)";
    throw new Error(`${problem}: set TONCENTER_URL to https://testnet.toncenter.com, or mend it`);
  }
  return {
    wallet,
    toncenterUrl,
    toncenterKey: key,
    callsPerSecond: given.TONCENTER_CALLS_PER_SECOND,
    usdtMaster: given.TON_USDT_MASTER,
    payUrl: given.TON_PAY_URL,
    currencies: given.TON_CURRENCIES,
    leastDeposit: { GRAM: given.TON_MIN_DEPOSIT_GRAM, USDT: given.TON_MIN_DEPOSIT_USDT },
  };
}
