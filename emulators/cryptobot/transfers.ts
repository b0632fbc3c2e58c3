import type { Table } from "../kit/journal.ts";
import { multiply, parseAmount, writeAmount } from "./amounts.ts";
import type { Currencies } from "./currencies.ts";
import { invalid, Refusal } from "./refusal.ts";

/** A transfer to a person, in Crypto Pay's own form. */
export interface Transfer {
  readonly transfer_id: number;
  readonly spend_id: string;
  readonly user_id: number;
  readonly asset: string;
  readonly amount: string;
  readonly status: "completed";
  readonly completed_at: string;
  readonly comment?: string | undefined;
}

export type Order = Omit<Transfer, "transfer_id" | "status" | "completed_at">;

/** Where transfers are kept, and what they are paid from. */
export interface TransfersParts {
  readonly rows: Table<Transfer>;
  readonly balances: Table<string>;
  readonly currencies: Currencies;
  /** What a second call with one `spend_id` gets: an error, or the first transfer. Unverified. */
  readonly onRepeat: "refuse" | "return";
  readonly now: () => number;
}

const one = 10n ** 18n;
const minUsd = one;
const maxUsd = 25_000n * one;

/** Payouts to Telegram users, and the balance they are taken from. */
export class Transfers {
  readonly #parts: TransfersParts;
  #last: number;

  constructor(parts: TransfersParts) {
    this.#parts = parts;
    const ids = [...parts.rows.values()].map(({ transfer_id }) => transfer_id);
    this.#last = Math.max(Math.floor(parts.now() / 1_000), ...ids);
  }

  /** @throws Refusal, and then nothing has moved. A `spend_id` moves money once. */
  send(order: Order): Transfer {
    const { rows, currencies, onRepeat } = this.#parts;
    const before = [...rows.values()].find(({ spend_id }) => spend_id === order.spend_id);
    if (before && onRepeat === "return") return before;
    if (before) throw new Refusal(400, "SPEND_ID_ALREADY_USED");
    const amount = parseAmount(order.amount) ?? 0n;
    const usd = multiply(amount, currencies.usd(order.asset));
    if (usd < minUsd) throw new Refusal(400, "AMOUNT_TOO_SMALL");
    if (usd > maxUsd) throw new Refusal(400, "AMOUNT_TOO_BIG");
    if (amount > this.#available(order.asset)) throw new Refusal(400, "NOT_ENOUGH_COINS");
    this.gain(order.asset, -amount);
    this.#last += 1;
    const completed_at = new Date(this.#parts.now()).toISOString();
    const transfer = {
      ...order,
      transfer_id: this.#last,
      status: "completed" as const,
      completed_at,
    };
    rows.set(transfer.transfer_id, transfer);
    return transfer;
  }

  newestFirst(): Transfer[] {
    return [...this.#parts.rows.values()].toReversed();
  }

  gain(asset: string, amount: bigint): void {
    this.#parts.balances.set(asset, writeAmount(this.#available(asset) + amount));
  }

  /** The result of `getBalance`. */
  balances(): unknown[] {
    return this.#parts.currencies.assets().map((currency_code) => {
      const available = writeAmount(this.#available(currency_code));
      return { currency_code, available, onhold: "0" };
    });
  }

  clear(): void {
    this.#parts.rows.clear();
    this.#parts.balances.clear();
  }

  #available(asset: string): bigint {
    const amount = parseAmount(this.#parts.balances.get(asset) ?? "0");
    if (amount === undefined) throw invalid("balance");
    return amount;
  }
}
