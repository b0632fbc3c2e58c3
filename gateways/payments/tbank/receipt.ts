import type { Money } from "../../../domain/money.ts";

/**
 * What a receipt says about the seller (54-FZ), where a cash register is attached to the terminal.
 */
export interface ReceiptSettings {
  readonly taxation: string;
  /** The bank's code of the VAT, as the owner knows it: rates change by law. */
  readonly vat: string;
  /** Where receipts go without a customer's address. */
  readonly email: string;
}

/** A receipt for one service that is paid in advance. */
export function receiptOver({ taxation, vat, email }: ReceiptSettings, name: string, sum: Money) {
  const { minor } = sum;
  const item = {
    Name: cut(name, 128),
    Price: minor,
    Quantity: 1,
    Amount: minor,
    Tax: vat,
    PaymentMethod: "full_prepayment",
    PaymentObject: "service",
  };
  return { Email: email, Taxation: taxation, Items: [item] };
}

/**
 * Cuts to `most` UTF-16 units; half a surrogate pair would be signed as one thing
 * and sent as another.
 */
export const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();
