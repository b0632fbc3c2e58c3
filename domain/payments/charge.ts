import type { Currency, Money } from "../money.ts";

/**
 * `grant`: it bought time, alone or as a part of the price. `credit`: it became balance. `none`:
 * only its return is known.
 */
export const chargeUses = ["grant", "credit", "none"] as const;

/** One movement of money at the gateway, as the books have it. */
export interface Charge {
  readonly reference: string;
  /** Undefined while only its return was reported: gateways report out of order. */
  readonly paid: Money | undefined;
  readonly returnedMinor: number;
  /** How much of the payment's price it paid. */
  readonly priceMinor: number;
  /**
   * How much of it was returned, or about to be, before it became a part of the price.
   * That part is not price.
   */
  readonly returnedBeforeMinor: number;
  readonly use: (typeof chargeUses)[number];
}

/** A refund under way; what it takes from the balance is reserved already. */
export interface PendingRefund {
  readonly requestId: string;
  readonly reference: string;
  /** How much of the charge will have been returned in total when it is done. */
  readonly upToMinor: number;
  /** How much of its reserve is left, in the charge's currency. */
  readonly reservedMinor: number;
}

/** What a customer has with us by currency, in minor units; a currency left out is 0. */
export type Balances = Readonly<Partial<Record<Currency, number>>>;

/** How much of a charge is returned or about to be, in total, in minor units. */
export function upTo(
  pending: readonly PendingRefund[],
  reference: string,
  returnedMinor: number,
): number {
  let most = returnedMinor;
  for (const refund of pending) {
    if (refund.reference === reference) most = Math.max(most, refund.upToMinor);
  }
  return most;
}

/**
 * The share of the price that is returned when `returnedMinor` of the charge is: in proportion to
 * what the charge had when it became price, so that the last coin completes it.
 */
export function priceShare(charge: Charge, returnedMinor: number): number {
  const { paid: amount, priceMinor, returnedBeforeMinor } = charge;
  const had = (amount?.minor ?? 0) - returnedBeforeMinor;
  const back = Math.min(returnedMinor - returnedBeforeMinor, had);
  if (back <= 0) return 0;
  return Number((BigInt(back) * BigInt(priceMinor) * 2n + BigInt(had)) / (BigInt(had) * 2n));
}

interface PriceLevel {
  readonly charges: readonly Charge[];
  readonly pending: readonly PendingRefund[];
}

/**
 * How much of the price is returned or about to be, over all charges:
 * the level that time lots follow.
 */
export const priceReturned = ({ charges, pending }: PriceLevel) =>
  charges.reduce(
    (sum, charge) =>
      sum + priceShare(charge, upTo(pending, charge.reference, charge.returnedMinor)),
    0,
  );
