import type { Table } from "../kit/journal.ts";
import { cardIsPoor } from "./cards.ts";
import type { Payment } from "./payments.ts";

/** A card that a customer has let the shop charge again. */
export interface SavedCard {
  /** Whom the shop names as the customer. */
  readonly customerKey: string;
  readonly cardId: number;
  readonly pan: string;
  /** MMYY. */
  readonly expDate: string;
  readonly rebillId: number;
  /** Active or deleted, in the bank's letters. */
  readonly status: "A" | "D";
  /** Whether there is too little money on it. */
  readonly isPoor: boolean;
}

/** The saved cards of the one terminal. */
export class SavedCards {
  readonly #rows: Table<SavedCard>;

  constructor(rows: Table<SavedCard>) {
    this.#rows = rows;
  }

  /** Saves the card of a payment that was asked to; the same card again is one card. */
  bind({ customerKey, card, rebillId, isCharge }: Payment): void {
    if (customerKey === undefined || card === undefined || rebillId === undefined) return;
    if (isCharge === true) return;
    const { id: cardId, pan, expDate } = card;
    const isPoor = cardIsPoor(cardId);
    const saved = { customerKey, cardId, pan, expDate, rebillId, status: "A", isPoor } as const;
    this.#rows.set(`${customerKey}/${cardId}`, saved);
  }

  /** All cards. */
  listAll(): SavedCard[] {
    return [...this.#rows.values()];
  }

  /** A customer's cards, deleted ones among them; undefined: nobody has this key. */
  list(customerKey: string): SavedCard[] | undefined {
    const all = [...this.#rows.values()].filter((card) => card.customerKey === customerKey);
    return all.length === 0 ? undefined : all;
  }

  /** The card behind an id for charges, unless it was deleted. */
  findByRebill(rebillId: string): SavedCard | undefined {
    return [...this.#rows.values()].find((card) => {
      return card.status === "A" && String(card.rebillId) === rebillId;
    });
  }

  /** @returns the card as it is then; undefined: this customer has no such card. */
  change(
    customerKey: string,
    cardId: string,
    changes: Partial<Pick<SavedCard, "status" | "isPoor">>,
  ): SavedCard | undefined {
    const card = this.#rows.get(`${customerKey}/${cardId}`);
    if (card === undefined || card.status === "D") return undefined;
    const changed = { ...card, ...changes };
    this.#rows.set(`${customerKey}/${cardId}`, changed);
    return changed;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#rows.clear();
  }
}
