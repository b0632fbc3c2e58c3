import { mask, type Outcome, type TestCard } from "./cards.ts";
import type { Faults } from "./faults.ts";
import type { Changes, Payment, Payments } from "./payments.ts";
import { Refusal } from "./refusal.ts";
import type { SavedCard } from "./saved-cards.ts";
import { isOpen, type Status } from "./statuses.ts";

/** What the form is made of. */
export interface FormParts {
  readonly payments: Payments;
  readonly faults: Faults;
  /** How often a payer's bank may refuse SBP before the form gives up. */
  readonly sbpAttempts: number;
  readonly now: () => number;
}

/** A means of payment. */
export type Means =
  | { readonly kind: "card"; readonly card: TestCard; readonly expDate: string }
  | { readonly kind: "sbp" };

type Failure = Extract<Outcome, { kind: "refused" }>;

/** T-Bank's payment form, and what a person does on it. A failed try leaves it open. */
export class Form {
  readonly #parts: FormParts;

  constructor(parts: FormParts) {
    this.#parts = parts;
  }

  /** Opens the form of a new payment. */
  show(payment: Payment): Payment {
    return payment.status === "NEW" ? this.#move(payment, ["FORM_SHOWED"]) : payment;
  }

  /**
   * One attempt. The card's number decides how it ends, and SBP succeeds, unless an outcome or a
   * fault says otherwise. @throws Refusal when the form is closed.
   */
  pay(payment: Payment, means: Means, outcome?: Outcome): Payment {
    if (!isOpen(payment.status)) throw new Refusal("8", `it is ${payment.status}`);
    const usual: Outcome = means.kind === "card" ? means.card.outcome : { kind: "paid" };
    const end = this.#parts.faults.forCharge(payment.id) ?? outcome ?? usual;
    const trying = this.#move(this.show(payment), ["AUTHORIZING"], meansOf(payment, means));
    switch (end.kind) {
      case "paid":
        return this.#settle(trying);
      case "3ds":
        return this.#move(trying, ["3DS_CHECKING"]);
      case "refused":
        return this.#fail(trying, end);
    }
  }

  /**
   * Charges a saved card, which nobody can confirm: it is paid unless an outcome or a fault says
   * otherwise. Undefined: there is no such card.
   */
  charge(payment: Payment, card: SavedCard | undefined, outcome?: Failure): Payment {
    const end = this.#parts.faults.forCharge(payment.id) ?? outcome;
    const of: Changes =
      card === undefined
        ? {}
        : {
            card: { id: card.cardId, pan: card.pan, expDate: card.expDate },
            rebillId: card.rebillId,
          };
    const changes = { ...of, means: "card", isCharge: true } as const;
    const trying = this.#move(payment, ["AUTHORIZING"], changes);
    return end?.kind === "refused" ? this.#fail(trying, end) : this.#settle(trying);
  }

  /** The payer's answer to their bank. @throws Refusal when the bank has not asked. */
  answer3ds(payment: Payment, isConfirmed: boolean): Payment {
    if (payment.status !== "3DS_CHECKING") throw new Refusal("8", `it is ${payment.status}`);
    if (!isConfirmed)
      return this.#fail(payment, { kind: "refused", status: "AUTH_FAIL", code: "101" });
    return this.#settle(this.#move(payment, ["3DS_CHECKED"]));
  }

  /** Expires the link now. @throws Refusal when the payment does not wait for the payer. */
  expire(payment: Payment): Payment {
    if (!isOpen(payment.status) && payment.status !== "3DS_CHECKING") {
      throw new Refusal("8", `it is ${payment.status}`);
    }
    return this.#move(payment, ["DEADLINE_EXPIRED"]);
  }

  #settle(payment: Payment): Payment {
    const { amount } = payment;
    if (payment.stages === 2) {
      return this.#move(payment, ["AUTHORIZED"], { held: amount, heldAt: this.#parts.now() });
    }
    const statuses: Status[] = ["AUTHORIZED", "CONFIRMING", "CONFIRMED"];
    return this.#move(payment, statuses, { taken: amount });
  }

  #fail(payment: Payment, { status, code }: Failure): Payment {
    if (payment.means === "card") return this.#move(payment, [status], { errorCode: code });
    const sbpRefusals = payment.sbpRefusals + 1;
    const changes = { errorCode: code, sbpRefusals };
    const failed = this.#move(payment, ["REJECTED"], changes);
    if (sbpRefusals < this.#parts.sbpAttempts) return failed;
    return this.#move(failed, ["ATTEMPTS_EXPIRED"]);
  }

  #move(payment: Payment, statuses: readonly Status[], changes?: Changes): Payment {
    return this.#parts.payments.move(payment, statuses, changes);
  }
}

/** As long as the bank's own. */
const firstRebillId = 6_155_000_000;

/** A card that may be charged again gets an id for that, once. */
function meansOf({ recurrent, rebillId, id }: Payment, means: Means): Changes {
  const fresh = { errorCode: undefined, means: means.kind };
  if (means.kind === "sbp") return { ...fresh, card: undefined };
  const { id: cardId, number } = means.card;
  const card = { id: cardId, pan: mask(number), expDate: means.expDate };
  const rebill = recurrent ? { rebillId: rebillId ?? firstRebillId + Number(id.slice(-6)) } : {};
  return { ...fresh, card, ...rebill };
}
