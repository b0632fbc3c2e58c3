import type { Payment, Payments } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import { isHeld, isTaken, isUnpaid, type Status } from "./statuses.ts";

/** What an account is made of. */
export interface AccountParts {
  readonly payments: Payments;
  /** Kopecks the shop has for refunds; undefined: enough for all of them. */
  readonly balance: () => number | undefined;
  readonly setBalance: (kopecks: number) => void;
  /** Whether an SBP refund is over at once, or when somebody says so. */
  readonly sbpRefunds: "at-once" | "when-told";
  readonly now: () => number;
}

/** What `Cancel` asks for. */
export interface Return {
  /** Kopecks; without it, all that is left. */
  readonly amount?: number | undefined;
  readonly requestId?: string | undefined;
}

const dayMs = 86_400_000;
const maxFailuresPerDay = 5;

/** The shop's side of the money. What is refused moves nothing. */
export class Account {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Takes what is held, or a part of it; the rest goes back to the payer.
   * @throws Refusal when nothing is held, or less than this.
   */
  take(payment: Payment, amount = payment.held): Payment {
    if (!isHeld(payment.status)) throw wrongStatus(payment);
    if (amount > payment.held) throw new Refusal("330");
    const changes = { held: 0, taken: amount };
    return this.#parts.payments.move(payment, ["CONFIRMING", "CONFIRMED"], changes);
  }

  /**
   * What `Cancel` does. A card's request id moves money once: a repeat, whatever it asks for, finds
   * the payment as it is. SBP has no such ids, so its refunds keep none.
   * @throws Refusal when the payment's status or what is left of it does not allow it.
   */
  giveBack(payment: Payment, { amount, requestId }: Return): Payment {
    if (this.isRepeat(payment, requestId)) return payment;
    const asked = { ...payment, requestIds: [...payment.requestIds, requestId].filter(isGiven) };
    if (payment.status === "NEW") return this.#parts.payments.move(asked, ["CANCELED"]);
    if (isHeld(payment.status)) return this.#release(asked, amount ?? payment.held);
    if (payment.means !== "sbp") return this.#refund(asked, this.#paid(payment, amount));
    const started = this.#startSbpRefund(payment, amount);
    if (this.#parts.sbpRefunds === "at-once") this.finishSbpRefund(started);
    return started;
  }

  /** Whether a card refund with this `ExternalRequestId` has moved money before. */
  isRepeat({ requestIds }: Payment, requestId: string | undefined): boolean {
    return isGiven(requestId) && requestIds.includes(requestId);
  }

  /**
   * The bank itself gives money back, without asking the shop.
   * @throws Refusal when there is not so much left to give back.
   */
  refundByBank(payment: Payment, amount?: number): Payment {
    const given = refundable(payment, amount);
    if (payment.means !== "sbp") return this.#refund(payment, given);
    const refunding = { amount: given, from: payment.status };
    const { payments } = this.#parts;
    return this.finishSbpRefund(payments.move(payment, ["ASYNC_REFUNDING"], { refunding }));
  }

  /**
   * An SBP refund reaches the payer, or comes back with an error of SBP's.
   * @throws Refusal when none is on its way.
   */
  finishSbpRefund(payment: Payment, error?: string): Payment {
    const { refunding } = payment;
    if (refunding === undefined) throw wrongStatus(payment);
    const over = { ...payment, refunding: undefined };
    if (error === undefined) return this.#refunded(over, refunding.amount);
    const balance = this.#parts.balance();
    if (balance !== undefined) this.#parts.setBalance(balance + refunding.amount);
    const failedRefunds = [...payment.failedRefunds, this.#parts.now()];
    const changes = { failedRefunds, refundError: error };
    return this.#parts.payments.revert(over, refunding.from, changes);
  }

  /** Releases a hold that was not confirmed in time. */
  releaseExpired(payment: Payment): Payment {
    return this.#release(payment, payment.held);
  }

  #release(payment: Payment, amount: number): Payment {
    if (amount > payment.held) throw new Refusal("330");
    const held = payment.held - amount;
    const status: Status = held === 0 ? "REVERSED" : "PARTIAL_REVERSED";
    return this.#parts.payments.move(payment, ["REVERSING", status], { held });
  }

  #refund(payment: Payment, amount: number): Payment {
    return this.#refunded(this.#parts.payments.move(payment, ["REFUNDING"]), amount);
  }

  #refunded(payment: Payment, amount: number): Payment {
    const refunded = payment.refunded + amount;
    const status: Status = refunded === payment.taken ? "REFUNDED" : "PARTIAL_REFUNDED";
    return this.#parts.payments.move(payment, [status], { refunded });
  }

  #startSbpRefund(payment: Payment, asked: number | undefined): Payment {
    const since = this.#parts.now() - dayMs;
    const failures = payment.failedRefunds.filter((atMs) => atMs > since);
    if (failures.length >= maxFailuresPerDay) throw new Refusal("3030");
    const refunding = { amount: this.#paid(payment, asked), from: payment.status };
    const changes = { refunding, refundError: undefined };
    return this.#parts.payments.move(payment, ["ASYNC_REFUNDING"], changes);
  }

  /** What the shop gives back, once its balance has paid for it. */
  #paid(payment: Payment, asked: number | undefined): number {
    const amount = refundable(payment, asked);
    const balance = this.#parts.balance();
    if (balance === undefined) return amount;
    if (balance < amount) throw new Refusal("3002");
    this.#parts.setBalance(balance - amount);
    return amount;
  }
}

const isGiven = (id: string | undefined): id is string => id !== undefined && id !== "";

function refundable(payment: Payment, asked?: number): number {
  if (!isTaken(payment.status)) throw wrongStatus(payment);
  const left = payment.taken - payment.refunded;
  if (asked !== undefined && asked > left) throw new Refusal("330");
  return asked ?? left;
}

/** Which of the two the bank answers when is unverified: here 7 until somebody has paid, then 8. */
const wrongStatus = ({ status }: Payment): Refusal =>
  new Refusal(isUnpaid(status) ? "7" : "8", `it is ${status}`);
