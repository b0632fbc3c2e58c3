import { decimalIn, type ParsedValue, unreadable, wholeIn } from "../wire-values.ts";
import type { CryptoBotInvoice } from "./protocol.ts";

/** An invoice as Crypto Pay describes it, in a message or in a list. */
export interface ReadCryptoBotInvoice extends CryptoBotInvoice {
  /** What we gave it at its making: the payment's id. */
  readonly payload: string | undefined;
  readonly createdMs: number | undefined;
  readonly paidMs: number | undefined;
}

export type CryptoBotReading =
  | { readonly kind: "read"; readonly invoice: ReadCryptoBotInvoice }
  | { readonly kind: "unreadable"; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an invoice, alike for whoever hears of it: by webhook, by statement, by a look. Amounts may be numbers
 * or texts, `null` is absence, and what is not looked at may be anything. `reason` names a field and holds
 * nothing of the content.
 */
export function readCryptoBotInvoice(said: unknown): CryptoBotReading {
  if (typeof said !== "object" || said === null) return refused("the invoice");
  const fields = said as Fields;
  const missing: string[] = [];
  const take = <Value>(
    name: string,
    read: (value: unknown) => ParsedValue<Value>,
  ): Value | undefined => {
    const found = read(fields[name]);
    if (found !== unreadable) return found;
    missing.push(name);
    return undefined;
  };
  const [id, status] = [take("invoice_id", wholeIn), take("status", textIn)];
  const amount = take("amount", decimalIn);
  const invoice = {
    asset: take("asset", textIn),
    fiat: take("fiat", textIn),
    paid_asset: take("paid_asset", textIn),
    paid_amount: take("paid_amount", decimalIn),
    fee_asset: take("fee_asset", textIn),
    // A fee is told and decides nothing: it stops nobody's money.
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

/** An empty text is absence, too: of the fiat of a crypto invoice, for one. */
function textIn(value: unknown): ParsedValue<string> {
  if (value === null || value === undefined || value === "") return undefined;
  return typeof value === "string" ? value : unreadable;
}

function momentIn(value: unknown): ParsedValue<number> {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? unreadable : ms;
}
