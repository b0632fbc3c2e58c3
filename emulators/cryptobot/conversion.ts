import { randomUUID } from "node:crypto";
import { cut, divideUp, multiply, parseAmount, percent, writeAmount } from "./amounts.ts";
import type { Currencies } from "./currencies.ts";
import type { Invoice, Paid } from "./invoices.ts";

/** What a payer chooses when they pay an invoice. */
export interface PaymentChoice {
  /** Without it, the first asset that the invoice takes. */
  readonly asset?: string | undefined;
  readonly comment?: string | undefined;
  readonly anonymously?: boolean | undefined;
}

/** The assets an invoice can be paid with. */
export function payableAssets(invoice: Invoice, currencies: Currencies): readonly string[] {
  if (invoice.asset !== undefined) return [invoice.asset];
  return invoice.accepted_assets ?? currencies.assets();
}

/** What paying an invoice with `asset` costs. A fiat amount is rounded up to the asset's places. */
export function dueAmount(invoice: Invoice, asset: string, currencies: Currencies): string {
  if (invoice.fiat === undefined) return invoice.amount;
  const rate = currencies.rate(asset, invoice.fiat);
  return writeAmount(divideUp(exact(invoice.amount), rate, currencies.decimals(asset)));
}

/** What is written on an invoice when it is paid now. `feePercent` is the app's tariff. */
export function conversionOf(
  invoice: Invoice,
  choice: PaymentChoice & { readonly asset: string },
  terms: { currencies: Currencies; feePercent: number; nowMs: number },
): Paid {
  const { currencies, feePercent, nowMs } = terms;
  const { asset, comment, anonymously = false } = choice;
  const due = dueAmount(invoice, asset, currencies);
  const usdRate = currencies.usd(asset);
  const fee = cut(percent(exact(due), feePercent), currencies.decimals(asset));
  return {
    paid_at: new Date(nowMs).toISOString(),
    paid_asset: asset,
    paid_amount: due,
    paid_usd_rate: writeAmount(usdRate),
    ...(invoice.fiat === undefined
      ? {}
      : { paid_fiat_rate: writeAmount(currencies.rate(asset, invoice.fiat)) }),
    paid_anonymously: invoice.allow_anonymous && anonymously,
    ...(invoice.allow_comments && comment ? { comment } : {}),
    fee_asset: asset,
    fee_amount: writeAmount(fee),
    fee_in_usd: writeAmount(multiply(fee, usdRate)),
    ...swapOf(invoice, { asset, amount: exact(due) - fee }, currencies),
  };
}

/** What the app's balance gains. */
export function gainOf(paid: Paid): { asset: string; amount: bigint } {
  if (paid.is_swapped && paid.swapped_to !== undefined) {
    return { asset: paid.swapped_to, amount: exact(paid.swapped_output ?? "0") };
  }
  return { asset: paid.paid_asset, amount: exact(paid.paid_amount) - exact(paid.fee_amount) };
}

function swapOf(
  { swap_to }: Invoice,
  got: { asset: string; amount: bigint },
  currencies: Currencies,
): Partial<Paid> {
  if (swap_to === undefined) return {};
  if (swap_to === got.asset) return { is_swapped: false };
  const rate = currencies.rate(got.asset, swap_to);
  const output = cut(multiply(got.amount, rate), currencies.decimals(swap_to));
  const usdRate = currencies.usd(swap_to);
  return {
    is_swapped: true,
    swapped_uid: randomUUID(),
    swapped_to: swap_to,
    swapped_rate: writeAmount(rate),
    swapped_output: writeAmount(output),
    swapped_usd_rate: writeAmount(usdRate),
    swapped_usd_amount: writeAmount(multiply(output, usdRate)),
  };
}

function exact(text: string): bigint {
  const amount = parseAmount(text);
  if (amount === undefined) throw new Error(`"${text}" is not an amount`);
  return amount;
}
