import { randomBytes } from "node:crypto";
import type { Journal, Table } from "../kit/journal.ts";
import { nowSeconds, type RefundedPayment, type SuccessfulPayment, type User } from "./bot-api.ts";
import type { Bill } from "./invoices.ts";
import { badRequest } from "./refusal.ts";

interface Payment {
  readonly personId: number;
  readonly paid: SuccessfulPayment;
  readonly subscription_period?: number | undefined;
}

/** One line of the bot's Star account. A refund repeats the id of what it gives back. */
export interface StarTransaction {
  readonly id: string;
  readonly amount: number;
  readonly date: number;
  readonly source?: Partner;
  readonly receiver?: Partner;
}

interface Partner {
  readonly type: "user";
  readonly transaction_type: "invoice_payment";
  readonly user: User;
  readonly invoice_payload: string;
  readonly subscription_period?: number;
}

/** What a subscription's payment says beside what each payment does. */
export type Recurring = Pick<
  SuccessfulPayment,
  "is_recurring" | "is_first_recurring" | "subscription_expiration_date"
>;

/** Payments in Telegram Stars, and the account that shows them. */
export class Stars {
  readonly #payments: Table<Payment>;
  readonly #transactions: Table<StarTransaction>;

  constructor(journal: Journal) {
    this.#payments = journal.table("star-payments");
    this.#transactions = journal.table("star-transactions");
  }

  /**
   * Takes a person's Stars for an invoice. Both ids of a payment are its own; what the provider's
   * looks like for Stars is unverified.
   */
  pay(user: User, { invoice, payload, subscription_period }: Bill, recurring: Recurring = {}) {
    const { currency, total_amount } = invoice;
    const id = `stx${randomBytes(24).toString("base64url")}`;
    const paid: SuccessfulPayment = {
      currency,
      total_amount,
      invoice_payload: payload,
      telegram_payment_charge_id: id,
      provider_payment_charge_id: `${user.id}_${this.#payments.size + 1}`,
      ...recurring,
    };
    const payment = { personId: user.id, paid, subscription_period };
    this.#payments.set(id, payment);
    this.#book({ id, amount: total_amount, source: partner(user, payment) });
    return paid;
  }

  /** @throws Refusal 400 for a charge that is not this person's or was given back before. */
  refund(user: User, chargeId: string): RefundedPayment {
    const payment = this.#payments.get(chargeId);
    if (payment === undefined) throw badRequest("CHARGE_ID_INVALID");
    if (payment.personId !== user.id) throw badRequest("USER_ID_INVALID");
    if (this.#transactions.get(`${chargeId}/outgoing`)) throw badRequest("CHARGE_ALREADY_REFUNDED");
    const { total_amount } = payment.paid;
    this.#book({ id: chargeId, amount: total_amount, receiver: partner(user, payment) });
    return asRefunded(payment.paid);
  }

  /** Oldest first, so that a growing offset is a stable cursor. */
  transactions(): StarTransaction[] {
    return [...this.#transactions.values()];
  }

  /** The bot's Stars. */
  balance(): number {
    const signed = this.transactions().map(({ amount, source }) => (source ? amount : -amount));
    return signed.reduce((sum, amount) => sum + amount, 0);
  }

  clear(): void {
    for (const rows of [this.#payments, this.#transactions]) rows.clear();
  }

  #book(transaction: Omit<StarTransaction, "date">): void {
    const way = transaction.source ? "incoming" : "outgoing";
    this.#transactions.set(`${transaction.id}/${way}`, { ...transaction, date: nowSeconds() });
  }
}

function partner(user: User, { paid, subscription_period }: Payment): Partner {
  const { invoice_payload } = paid;
  return {
    type: "user",
    transaction_type: "invoice_payment",
    user,
    invoice_payload,
    ...(subscription_period !== undefined && { subscription_period }),
  };
}

function asRefunded({
  is_recurring: _recurring,
  is_first_recurring: _first,
  subscription_expiration_date: _until,
  ...refunded
}: SuccessfulPayment): RefundedPayment {
  return refunded;
}
