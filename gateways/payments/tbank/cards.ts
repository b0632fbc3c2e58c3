import * as z from "zod";
import type { PaymentId } from "../../../domain/payments/payment.ts";
import type { KeptCard } from "../../../domain/payments/renewal.ts";
import type { StatementLine } from "../port.ts";
import type { CardCharge, SavedCards } from "../saved-cards.ts";
import { wire } from "../wire.ts";
import { type TBankApi, TBankRefusal } from "./api.ts";
import { cancelAnswer } from "./payments.ts";
import { getState, linesOf } from "./states.ts";

/** An entry of `GetCardList`; `A`: it is active, and a card that only receives money has type 1. */
const listed = z.object({
  CardId: wire.digits(),
  Pan: z.string(),
  Status: z.string(),
  RebillId: wire.maybeDigits(),
  CardType: wire.maybeDigits(),
  ExpDate: wire.maybeDigits(),
});

const anyAnswer = z.object({ Status: z.string() });

/**
 * The bank knows nobody by this key, so that it has none of their cards. Its list calls 7 the wrong
 * status of a customer, and 503 an unknown one; which of the two it answers is unverified.
 */
const unknownCustomer = new Set(["7", "503"]);

/** The bank knows no such card any more. Which code says so is unverified. */
const unknownCard = new Set(["6", "107", "231", "502"]);

/**
 * The cards that T-Bank keeps (https://developer.tbank.ru/eacq/api/get-card-list, /remove-card and
 * /charge). Each order that saves a card is a customer of its own to the bank, by the order's id.
 */
export class TBankCards implements SavedCards {
  readonly #api: TBankApi;

  constructor(api: TBankApi) {
    this.#api = api;
  }

  async find(consent: PaymentId): Promise<KeptCard | undefined> {
    // The newest comes last: another card may have paid the same order later.
    return (await this.#listActive(consent)).at(-1);
  }

  async charge({ order, invoiceReference, token }: CardCharge): Promise<readonly StatementLine[]> {
    const before = await getState(this.#api, order, invoiceReference);
    if (before.status !== "NEW") return this.#endOf({ order, invoiceReference, token }, before);
    const params = { PaymentId: invoiceReference, RebillId: token };
    const refused = await this.#api
      .call("Charge", params, anyAnswer)
      .then(() => undefined, refusalOf);
    const after = await getState(this.#api, order, invoiceReference);
    if (refused !== undefined && after.status === "NEW") throw refused;
    return this.#endOf({ order, invoiceReference, token }, after);
  }

  async remove(consent: PaymentId): Promise<void> {
    for (const { id } of await this.#listActive(consent)) {
      await this.#api
        .call("RemoveCard", { CustomerKey: consent, CardId: id }, cancelAnswer)
        .catch((error: unknown) => {
          if (!(error instanceof TBankRefusal) || !unknownCard.has(error.code)) throw error;
        });
    }
  }

  /** @throws Error while the bank is still at it. */
  #endOf({ order }: CardCharge, state: Parameters<typeof linesOf>[1]): readonly StatementLine[] {
    const lines = linesOf(order, state);
    if (lines.every(({ report }) => report.kind === "progress")) {
      throw new Error(`T-Bank has not ended the charge yet: it is ${state.status}`);
    }
    return lines;
  }

  /** Entries without an id for charges, e.g. of SberPay, cannot be charged. */
  async #listActive(consent: PaymentId): Promise<readonly KeptCard[]> {
    const all = await this.#api
      .list("GetCardList", { CustomerKey: consent })
      .catch((error: unknown) => {
        if (error instanceof TBankRefusal && unknownCustomer.has(error.code)) return [];
        throw error;
      });
    return all.flatMap((entry): KeptCard[] => {
      const read = listed.safeParse(entry);
      if (!read.success) return [];
      const { CardId: id, Pan: pan, Status, RebillId: token, CardType, ExpDate = "" } = read.data;
      if (Status !== "A" || token === undefined || CardType === "1") return [];
      return [{ id, pan, expires: ExpDate, token }];
    });
  }
}

/** A refusal may be the outcome itself, which the payment's state then tells. */
function refusalOf(error: unknown): TBankRefusal {
  if (error instanceof TBankRefusal) return error;
  throw error;
}
