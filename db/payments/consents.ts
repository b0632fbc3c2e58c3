import type { Currency } from "../../domain/money.ts";
import type { RenewalKind } from "../../domain/payments/renewal.ts";
import type { Queries } from "../orm.ts";

/** What a customer has agreed to be charged for again, and the card that is saved for it. */
export interface Consent {
  readonly kind: RenewalKind;
  readonly isOn: true;
  readonly plan: string;
  readonly priceMinor: number;
  readonly currency: Currency;
  /** Null: not known. */
  readonly deviceLimit: number | null;
  readonly agreedAt: Date;
  readonly cardGateway?: string;
  readonly cardId?: string;
  readonly cardPan?: string;
  readonly cardExpires?: string;
  /** Sealed. */
  readonly cardEncrypted?: string;
}

/**
 * Writes what was agreed to last; a card that is saved stays, unless another one is. Call it with the
 * customer or the subscription locked.
 */
export async function storeConsent(
  db: Queries,
  subscriptionId: string,
  consent: Consent,
): Promise<void> {
  // Not by one statement: the row to be inserted would have no card, which the table refuses.
  const { numUpdatedRows } = await db
    .updateTable("renewals")
    .set(consent)
    .where("subscriptionId", "=", subscriptionId)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await db
    .insertInto("renewals")
    .values({ subscriptionId, ...consent })
    .execute();
}
