import { randomBytes, randomInt } from "node:crypto";
import type { Journal, Table } from "../kit/journal.ts";
import { Answers } from "./answers.ts";
import { type Invoice, nowSeconds, type SuccessfulPayment, type User } from "./bot-api.ts";
import { badRequest } from "./refusal.ts";

interface Payment {
  readonly personId: number;
  readonly paid: SuccessfulPayment;
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
}

/** Whether the bot lets a payment go on, and what the payer is told if not. */
export interface CheckoutAnswer {
  readonly ok: boolean;
  readonly error_message?: string | undefined;
}

/** How long the bot has to answer a checkout. */
const checkoutMs = 10_000;

/** Payments in Telegram Stars: invoices, checkouts, and the account that shows them. */
export class Stars {
  readonly #payloads: Table<string>;
  readonly #payments: Table<Payment>;
  readonly #transactions: Table<StarTransaction>;
  readonly #open = new Set<string>();
  readonly #checkouts = new Answers<CheckoutAnswer>();

  constructor(journal: Journal) {
    this.#payloads = journal.table("invoice-payloads");
    this.#payments = journal.table("star-payments");
    this.#transactions = journal.table("star-transactions");
  }

  /** The payload is the bot's own: people never see it. */
  keepPayload(chatId: number, messageId: number, payload: string): void {
    this.#payloads.set(`${chatId}/${messageId}`, payload);
  }

  payloadOf(chatId: number, messageId: number): string {
    return this.#payloads.get(`${chatId}/${messageId}`) ?? "";
  }

  newCheckout(): string {
    const id = `${randomInt(1, 2 ** 47)}`;
    this.#open.add(id);
    return id;
  }

  /** The bot's answer to a checkout; undefined when none came in time. */
  async checkoutAnswer(id: string): Promise<CheckoutAnswer | undefined> {
    const answer = await this.#checkouts.wait(id, checkoutMs);
    this.#open.delete(id);
    return answer;
  }

  /** @throws Refusal 400 when the checkout no longer waits. */
  answerCheckout(id: string, answer: CheckoutAnswer): void {
    if (!this.#open.delete(id)) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    this.#checkouts.give(id, answer);
  }

  pay(user: User, { currency, total_amount }: Invoice, invoice_payload: string): SuccessfulPayment {
    const id = `stx${randomBytes(24).toString("base64url")}`;
    const charges = { telegram_payment_charge_id: id, provider_payment_charge_id: "" };
    const paid = { currency, total_amount, invoice_payload, ...charges };
    this.#payments.set(id, { personId: user.id, paid });
    this.#book({ id, amount: total_amount, source: partner(user, invoice_payload) });
    return paid;
  }

  /** @throws Refusal 400 for a charge that is not this person's or was given back before. */
  refund(user: User, chargeId: string): SuccessfulPayment {
    const payment = this.#payments.get(chargeId);
    if (payment === undefined) throw badRequest("CHARGE_ID_INVALID");
    if (payment.personId !== user.id) throw badRequest("USER_ID_INVALID");
    if (this.#transactions.get(`${chargeId}/outgoing`)) throw badRequest("CHARGE_ALREADY_REFUNDED");
    const { total_amount, invoice_payload } = payment.paid;
    this.#book({ id: chargeId, amount: total_amount, receiver: partner(user, invoice_payload) });
    return payment.paid;
  }

  /** Oldest first, so that a growing offset is a stable cursor. */
  transactions(): StarTransaction[] {
    return [...this.#transactions.values()];
  }

  balance(): number {
    const signed = this.transactions().map(({ amount, source }) => (source ? amount : -amount));
    return signed.reduce((sum, amount) => sum + amount, 0);
  }

  clear(): void {
    for (const rows of [this.#payloads, this.#payments, this.#transactions]) rows.clear();
  }

  #book(transaction: Omit<StarTransaction, "date">): void {
    const way = transaction.source ? "incoming" : "outgoing";
    this.#transactions.set(`${transaction.id}/${way}`, { ...transaction, date: nowSeconds() });
  }
}

const partner = (user: User, invoice_payload: string): Partner => {
  return { type: "user", transaction_type: "invoice_payment", user, invoice_payload };
};
