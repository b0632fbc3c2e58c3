import type { Language } from "../kit/languages.ts";
import { randomBytes } from "node:crypto";
import type { Table } from "../kit/journal.ts";
import { isHeld, isOpen, isUnpaid, canBecome, type Status } from "./statuses.ts";

/** A payment as it is kept. Amounts are kopecks, times milliseconds since 1970. */
export interface Payment {
  /** Up to 20 digits. */
  readonly id: string;
  /** What its link ends in. */
  readonly key: string;
  readonly orderId: string;
  readonly amount: number;
  /** With two, the money is held until the shop takes it. */
  readonly stages: 1 | 2;
  /** Of the form, where the shop named one. */
  readonly language?: Language | undefined;
  readonly dueAt: number;
  readonly description?: string | undefined;
  readonly recurrent?: boolean | undefined;
  /** Whom the shop names as the customer. */
  readonly customerKey?: string | undefined;
  readonly notificationUrl?: string | undefined;
  readonly successUrl?: string | undefined;
  readonly failUrl?: string | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;

  readonly status: Status;
  readonly statusAt: number;
  /** Every status it had, the newest last. */
  readonly history: readonly Status[];
  readonly held: number;
  /** Since when, in a payment of two stages. */
  readonly heldAt?: number | undefined;
  readonly taken: number;
  readonly refunded: number;
  readonly means?: "card" | "sbp" | undefined;
  readonly card?: PaidCard | undefined;
  readonly rebillId?: number | undefined;
  /** A saved card was charged, without its owner. */
  readonly isCharge?: true | undefined;
  readonly qr?: string | undefined;
  /** Why the last try failed. */
  readonly errorCode?: string | undefined;
  readonly sbpRefusals: number;
  /** The `ExternalRequestId`s that have moved money. */
  readonly requestIds: readonly string[];
  /** An SBP refund on its way, and where the payment stood before it. */
  readonly refunding?: { readonly amount: number; readonly from: Status } | undefined;
  /** SBP refunds that failed: when, and what SBP said of the last one. */
  readonly failedRefunds: readonly number[];
  readonly refundError?: string | undefined;
}

/** Never a card's number or code. */
export interface PaidCard {
  readonly id: number;
  readonly pan: string;
  /** MMYY. */
  readonly expDate: string;
}

type Kept = "status" | "statusAt" | "history" | "held" | "taken" | "refunded";
type Counted = "sbpRefusals" | "requestIds" | "failedRefunds";

/** A payment before it is opened. */
export type Draft = Omit<Payment, "id" | "key" | Kept | Counted>;

/** What may change with a status, or without one. */
export type Changes = Partial<Omit<Payment, "id" | "key" | "status" | "statusAt" | "history">>;

/** Where payments are kept, and who learns of their statuses. */
export interface PaymentsParts {
  readonly rows: Table<Payment>;
  readonly settings: Table<string>;
  readonly firstId: string;
  readonly now: () => number;
  /** Called with the payment as it stands in each status that it takes on. */
  readonly onStatus: (payment: Payment) => void;
}

/** All payments of the one terminal. */
export class Payments {
  readonly #parts: PaymentsParts;
  /** The payments that may still expire. */
  readonly #unsettled = new Set<string>();

  constructor(parts: PaymentsParts) {
    this.#parts = parts;
    for (const payment of parts.rows.values()) this.#trackUnsettled(payment);
  }

  /** Opens a payment with the next id. */
  open(draft: Draft): Payment {
    const last = this.#parts.settings.get("lastPaymentId");
    const id = last === undefined ? this.#parts.firstId : String(BigInt(last) + 1n);
    this.#parts.settings.set("lastPaymentId", id);
    const payment: Payment = {
      ...draft,
      id,
      key: randomBytes(9).toString("hex"),
      status: "NEW",
      statusAt: this.#parts.now(),
      history: ["NEW"],
      held: 0,
      taken: 0,
      refunded: 0,
      sbpRefusals: 0,
      requestIds: [],
      failedRefunds: [],
    };
    return this.#keep(payment);
  }

  find(id: string): Payment | undefined {
    return this.#parts.rows.get(id);
  }

  /** The payment behind a link. */
  findByKey(key: string): Payment | undefined {
    return this.list().find((payment) => payment.key === key);
  }

  /** The payments of one OrderId, oldest first. */
  listByOrder(orderId: string): Payment[] {
    return this.list().filter((payment) => payment.orderId === orderId);
  }

  /** Oldest first. */
  list(): Payment[] {
    return [...this.#parts.rows.values()];
  }

  /** The payments that may still expire. */
  unsettled(): Payment[] {
    return [...this.#unsettled].flatMap((id) => this.find(id) ?? []);
  }

  /** Passes through these statuses at once. @throws Error for an impossible transition. */
  move(payment: Payment, statuses: readonly Status[], changes: Changes = {}): Payment {
    const moved = this.#applyStatuses(payment, statuses, changes);
    for (const status of statuses) this.#parts.onStatus({ ...moved, status });
    return moved;
  }

  /** Goes back to an earlier status without a notification. */
  revert(payment: Payment, to: Status, changes: Changes): Payment {
    return this.#applyStatuses(payment, [to], changes);
  }

  /** Changes a payment's data, not its status. */
  update(payment: Payment, changes: Changes): Payment {
    return this.#keep({ ...payment, ...changes });
  }

  /** Removes all payments; ids continue. */
  clear(): void {
    this.#parts.rows.clear();
    this.#unsettled.clear();
  }

  #applyStatuses(payment: Payment, statuses: readonly Status[], changes: Changes): Payment {
    let { status } = payment;
    for (const next of statuses) {
      if (!canBecome(status, next)) throw new Error(`${status} does not lead to ${next}`);
      status = next;
    }
    const history = [...payment.history, ...statuses];
    return this.#keep({ ...payment, ...changes, status, statusAt: this.#parts.now(), history });
  }

  #keep(payment: Payment): Payment {
    this.#parts.rows.set(payment.id, payment);
    this.#trackUnsettled(payment);
    return payment;
  }

  #trackUnsettled({ id, status }: Payment): void {
    const unsettled = isOpen(status) || isHeld(status) || status === "3DS_CHECKING";
    if (unsettled) this.#unsettled.add(id);
    else this.#unsettled.delete(id);
  }
}

/**
 * What `Amount` says: the payment's sum until money moves, then what the shop holds of it. Older
 * descriptions of the bank call it the current sum of the transaction;
 * after refunds it is unverified.
 */
export function currentAmount({ status, amount, held, taken, refunded }: Payment): number {
  return isUnpaid(status) ? amount : held + taken - refunded;
}
