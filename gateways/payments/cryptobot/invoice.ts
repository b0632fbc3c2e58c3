import { decimalIn, type ParsedValue, unreadable, wholeIn } from "../wire-values.ts";
import type { CryptoBotInvoice } from "./protocol.ts";

/** An invoice as Crypto Pay describes it, in a webhook or in a list. */
export interface ReadCryptoBotInvoice extends CryptoBotInvoice {
  /** What we put into it when we created it: the payment's id. */
  readonly payload: string | undefined;
  readonly createdMs: number | undefined;
  readonly paidMs: number | undefined;
}

/** An invoice, or which field of it cannot be read. */
export type CryptoBotReading =
  | { readonly kind: "read"; readonly invoice: ReadCryptoBotInvoice }
  | { readonly kind: "unreadable"; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an invoice, for webhook, statement and lookup alike. Amounts may be numbers or texts,
 * `null` counts as absent, and other fields may hold anything. `reason` names a field and contains
 * none of the content.
 */
export function readCryptoBotInvoice(value: unknown): CryptoBotReading {
  if (typeof value !== "object" || value === null) return refused("the invoice");
  const fields = value as Fields;
  const missing: string[] = [];
  const take = <Value>(
    name: string,
    read: (value: unknown) => ParsedValue<Value>,
  ): Value | undefined => {
    const parsed = read(fields[name]);
    if (parsed !== unreadable) return parsed;
    missing.push(name);
    return undefined;
  };
  const id = take("invoice_id", wholeIn);
  const status = take("status", textIn);
  const amount = take("amount", decimalIn);
  const invoice = {
    asset: take("asset", textIn),
    fiat: take("fiat", textIn),
    paid_asset: take("paid_asset", textIn),
    paid_amount: take("paid_amount", decimalIn),
    fee_asset: take("fee_asset", textIn),
    // The fee is informative: an unreadable one stops no payment.
    fee_amount: asOptional(decimalIn(fields["fee_amount"])),
    payload: asOptional(textIn(fields["payload"])),
    createdMs: asOptional(momentIn(fields["created_at"])),
    paidMs: asOptional(momentIn(fields["paid_at"])),
  };
  if (id === undefined || id === 0) missing.push("invoice_id");
  if (status === undefined) missing.push("status");
  if (amount === undefined) missing.push("amount");
  const [first] = missing;
  if (first !== undefined || !id || status === undefined || amount === undefined) {
    return refused(`"${first}"`);
  }
  return { kind: "read", invoice: { invoice_id: id, status, amount, ...invoice } };
}

const refused = (what: string): CryptoBotReading => ({
  kind: "unreadable",
  reason: `${what} of Crypto Pay is not understood`,
});

const asOptional = <Value>(read: ParsedValue<Value>): Value | undefined =>
  read === unreadable ? undefined : read;

/** An empty text counts as absent, e.g. the fiat of a crypto invoice. */
function textIn(value: unknown): ParsedValue<string> {
  if (value === null || value === undefined || value === "") return undefined;
  return typeof value === "string" ? value : unreadable;
}

function momentIn(value: unknown): ParsedValue<number> {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? unreadable : ms;
}
