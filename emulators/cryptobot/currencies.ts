import { parseAmount, truncate, writeAmount } from "./amounts.ts";

interface Currency {
  readonly code: string;
  readonly name: string;
  readonly kind: "blockchain" | "stablecoin" | "fiat";
  readonly decimals: number;
  /** What one of it costs in US dollars: a made-up price that never moves. */
  readonly usd: string;
}

const one = 10n ** 18n;

const coin = (code: string, name: string, usd: string): Currency => {
  return { code, name, kind: "blockchain", decimals: 8, usd };
};

const fiat = (code: string, name: string, usd: string): Currency => {
  return { code, name, kind: "fiat", decimals: 2, usd };
};

const fixed: readonly Currency[] = [
  { code: "USDT", name: "Tether", kind: "stablecoin", decimals: 6, usd: "1" },
  { code: "USDC", name: "USD Coin", kind: "stablecoin", decimals: 6, usd: "1" },
  coin("BTC", "Bitcoin", "80000"),
  coin("ETH", "Ethereum", "2500"),
  coin("LTC", "Litecoin", "80"),
  coin("BNB", "BNB", "600"),
  coin("TRX", "Tron", "0.25"),
  fiat("USD", "United States dollar", "1"),
  fiat("EUR", "Euro", "1.1"),
  fiat("RUB", "Russian ruble", "0.0125"),
  fiat("BYN", "Belarusian ruble", "0.3"),
  fiat("UAH", "Ukrainian hryvnia", "0.024"),
  fiat("GBP", "Pound sterling", "1.3"),
  fiat("KZT", "Kazakhstani tenge", "0.002"),
];

/** What can be asked for and paid with, and at which rate. Both are fixed. */
export class Currencies {
  readonly #known: ReadonlyMap<string, Currency>;

  /** `coinOfTon`: whether Crypto Pay says TON or GRAM for the renamed coin is unverified. */
  constructor(coinOfTon: string) {
    const all = [...fixed, coin(coinOfTon, coinOfTon === "TON" ? "Toncoin" : "Gram", "2")];
    this.#known = new Map(all.map((currency) => [currency.code, currency]));
  }

  isAsset(code: string): boolean {
    const known = this.#known.get(code);
    return known !== undefined && known.kind !== "fiat";
  }

  isFiat(code: string): boolean {
    return this.#known.get(code)?.kind === "fiat";
  }

  /** The codes of all assets. */
  assets(): string[] {
    return [...this.#known.keys()].filter((code) => this.isAsset(code));
  }

  /** The places of a currency after the point. */
  decimals(code: string): number {
    return this.#known.get(code)?.decimals ?? 8;
  }

  /** How many `target` one `source` is worth, in 10^-18ths. */
  rate(source: string, target: string): bigint {
    return truncate((this.#usd(source) * one) / this.#usd(target), 10);
  }

  usd(code: string): bigint {
    return this.#usd(code);
  }

  /** The result of `getCurrencies`. */
  list(): unknown[] {
    return [...this.#known.values()].map(({ code, name, kind, decimals }) => {
      const is_blockchain = kind === "blockchain";
      const kinds = { is_blockchain, is_stablecoin: kind === "stablecoin" };
      return { ...kinds, is_fiat: kind === "fiat", name, code, decimals };
    });
  }

  /** The result of `getExchangeRates`: every asset in every other currency. */
  rates(): unknown[] {
    return this.assets().flatMap((source) =>
      [...this.#known.keys()]
        .filter((target) => target !== source)
        .map((target) => {
          const rate = writeAmount(this.rate(source, target));
          const is_fiat = this.isFiat(target);
          return { is_valid: true, is_crypto: !is_fiat, is_fiat, source, target, rate };
        }),
    );
  }

  #usd(code: string): bigint {
    const price = parseAmount(this.#known.get(code)?.usd ?? "");
    if (price === undefined) throw new Error(`${code} is not a currency of this server`);
    return price;
  }
}
