import type { Table } from "../kit/journal.ts";
import type { Invoice } from "./bot-api.ts";
import type { Bill } from "./invoices.ts";
import { badRequest } from "./refusal.ts";

/** A person's monthly payment to the bot. */
export interface Subscription {
  /** The charge of its first payment, by which the bot names it. */
  readonly id: string;
  readonly personId: number;
  readonly invoice: Invoice;
  readonly payload: string;
  /** In seconds. */
  readonly subscription_period: number;
  /** Until when it is paid, in unix seconds. */
  readonly expires_at: number;
  /** `failed`: the last charge did not go through, and is tried again. */
  readonly state: "active" | "canceled" | "failed";
  /** Cancelled by the bot: until it allows so, the person cannot take it up again. */
  readonly canceled_by_bot: boolean;
}

/** Subscriptions in Stars. They renew when somebody says so, since nobody waits for a month. */
export class Subscriptions {
  readonly #rows: Table<Subscription>;

  constructor(rows: Table<Subscription>) {
    this.#rows = rows;
  }

  /** A person's, oldest first. */
  list(personId: number): Subscription[] {
    return [...this.#rows.values()].filter((row) => row.personId === personId);
  }

  /** The one that began with this charge. */
  find(id: string): Subscription | undefined {
    return this.#rows.get(id);
  }

  /** Begins a subscription with its first payment. `expires_at` is in unix seconds. */
  begin(personId: number, { id, bill, expires_at }: FirstPayment): void {
    const { invoice, payload, subscription_period = 0 } = bill;
    const state = { state: "active", canceled_by_bot: false } as const;
    const paid = { id, personId, invoice, payload, subscription_period, expires_at };
    this.#rows.set(id, { ...paid, ...state });
  }

  /** Changes a subscription and returns it. */
  change(row: Subscription, change: Partial<Subscription>): Subscription {
    const changed = { ...row, ...change };
    this.#rows.set(row.id, changed);
    return changed;
  }

  /**
   * The bot cancels a subscription, or allows the person to take it up again.
   * @throws Refusal 400 for a charge that began no subscription of this person.
   */
  editByBot(personId: number, id: string, isCanceled: boolean): void {
    const row = this.#rows.get(id);
    if (row === undefined) throw badRequest("CHARGE_ID_INVALID");
    if (row.personId !== personId) throw badRequest("USER_ID_INVALID");
    const state = isCanceled ? "canceled" : row.state;
    this.change(row, { state, canceled_by_bot: isCanceled });
  }

  clear(): void {
    this.#rows.clear();
  }
}

interface FirstPayment {
  /** The payment's charge. */
  readonly id: string;
  readonly bill: Bill;
  readonly expires_at: number;
}
