import { type Currency, type Money, parseMoney, parseRounded } from "../../../domain/money.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";

/** Whether Crypto Pay says TON or GRAM for the coin that was renamed is unverified, so an owner chooses. */
export type CoinCode = "TON" | "GRAM";

/** What an invoice of Crypto Pay says of money, in its own words. */
export interface CryptoBotInvoice {
  readonly invoice_id: number;
  readonly status: string;
  readonly asset?: string | undefined;
  readonly fiat?: string | undefined;
  readonly amount: string;
  readonly paid_asset?: string | undefined;
  readonly paid_amount?: string | undefined;
  readonly fee_asset?: string | undefined;
  readonly fee_amount?: string | undefined;
}

const fiats = ["RUB", "USD", "EUR"] as const;

/** What Crypto Pay can be asked for. */
export const cryptoBotCurrencies = [...fiats, "USDT", "GRAM"] as const;

export const isFiat = (currency: Currency): boolean => fiats.some((fiat) => fiat === currency);

/** A currency as Crypto Pay calls it. */
export const cryptoBotCode = (currency: Currency, coin: CoinCode): string =>
  currency === "GRAM" ? coin : currency;

/**
 * What an invoice means, alike for whoever hears of it: by webhook, by statement, by a look. Undefined while it
 * is not paid; that one has expired is no news, since its order lapses by itself. `at` is used where it is paid.
 */
export function cryptoBotReport(
  invoice: CryptoBotInvoice,
  coin: CoinCode,
  at: Instant,
): GatewayReport | undefined {
  if (invoice.status !== "paid") return undefined;
  const paid = paidOf(invoice, coin);
  // Kept with its evidence, so that somebody can see that money came which cannot be counted.
  if (paid === undefined) return { kind: "progress", status: "paid in a currency we cannot count" };
  const fee = feeOf(invoice, coin, paid.currency);
  const reference = String(invoice.invoice_id);
  return { kind: "paid", reference, paid, ...(fee === undefined ? {} : { fee }), at };
}

/** A fiat invoice is over its fiat amount, whatever coins it was paid with; any other is what was paid. */
function paidOf(invoice: CryptoBotInvoice, coin: CoinCode): Money | undefined {
  const { fiat, asset, amount, paid_asset = asset, paid_amount = amount } = invoice;
  return fiat === undefined ? read(paid_amount, paid_asset, coin) : read(amount, fiat, coin);
}

/** Only in the paid currency: nothing here converts. A share of an amount has more decimals than the amount. */
function feeOf(
  { fee_amount: amount, fee_asset: asset }: CryptoBotInvoice,
  coin: CoinCode,
  currency: Currency,
): Money | undefined {
  if (amount === undefined || currencyOf(asset, coin) !== currency) return undefined;
  return parseRounded(amount, currency);
}

function read(amount: string, code: string | undefined, coin: CoinCode): Money | undefined {
  const currency = currencyOf(code, coin);
  return currency && parseMoney(amount, currency);
}

const currencyOf = (code: string | undefined, coin: CoinCode) =>
  cryptoBotCurrencies.find((known) => cryptoBotCode(known, coin) === code);
