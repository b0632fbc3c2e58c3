import { type Currency, type Money, parseMoney, parseRounded } from "../../../domain/money.ts";
import type { GatewayReport } from "../../../domain/payments/payment.ts";
import type { Instant } from "../../../domain/time.ts";

/** Crypto Pay's code of the renamed coin. Which one it uses is unverified, so the owner chooses. */
export type CoinCode = "TON" | "GRAM";

/** The amounts of a Crypto Pay invoice, in its own field names. */
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

/** The currencies that Crypto Pay can invoice. */
export const cryptoBotCurrencies = [...fiats, "USDT", "GRAM"] as const;

/** Whether Crypto Pay invoices this currency as fiat. */
export const isFiat = (currency: Currency): boolean => fiats.some((fiat) => fiat === currency);

/** Crypto Pay's code of a currency. */
export const cryptoBotCode = (currency: Currency, coin: CoinCode): string =>
  currency === "GRAM" ? coin : currency;

/**
 * What an invoice means, for webhook, statement and lookup alike. Undefined while it is not paid;
 * that it expired is not reported, since its order lapses anyway. `at` is used where it is paid.
 */
export function cryptoBotReport(
  invoice: CryptoBotInvoice,
  coin: CoinCode,
  at: Instant,
): GatewayReport | undefined {
  if (invoice.status !== "paid") return undefined;
  const paid = paidOf(invoice, coin);
  // Kept with its evidence, so that people can see a payment that cannot be counted.
  if (paid === undefined) return { kind: "progress", status: "paid in a currency we cannot count" };
  const fee = feeOf(invoice, coin, paid.currency);
  const reference = String(invoice.invoice_id);
  return { kind: "paid", reference, paid, ...(fee === undefined ? {} : { fee }), at };
}

/** A fiat invoice counts by its fiat amount, whatever coins paid it; any other by what was paid. */
function paidOf(invoice: CryptoBotInvoice, coin: CoinCode): Money | undefined {
  const { fiat, asset, amount, paid_asset = asset, paid_amount = amount } = invoice;
  return fiat === undefined ? moneyIn(paid_amount, paid_asset, coin) : moneyIn(amount, fiat, coin);
}

/**
 * Only in the paid currency, since nothing is converted. A share of an amount has more decimals
 * than the amount.
 */
function feeOf(
  { fee_amount: amount, fee_asset: asset }: CryptoBotInvoice,
  coin: CoinCode,
  currency: Currency,
): Money | undefined {
  if (amount === undefined || currencyOf(asset, coin) !== currency) return undefined;
  return parseRounded(amount, currency);
}

function moneyIn(amount: string, code: string | undefined, coin: CoinCode): Money | undefined {
  const currency = currencyOf(code, coin);
  return currency && parseMoney(amount, currency);
}

const currencyOf = (code: string | undefined, coin: CoinCode) =>
  cryptoBotCurrencies.find((known) => cryptoBotCode(known, coin) === code);
