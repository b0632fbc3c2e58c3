import type { Currency, Money } from "../money.ts";

/** `grant`: it bought time, alone or as a part of the price. `credit`: it is balance. `none`: only its return is known. */
export const chargeUses = ["grant", "credit", "none"] as const;

/** One movement of money at the gateway, as it stands in the books. */
export interface Charge {
  readonly reference: string;
  /** Undefined while only its return was reported: gateways reorder. */
  readonly paid: Money | undefined;
  readonly returnedMinor: number;
  /** How much of the payment's price it paid. */
  readonly priceMinor: number;
  /** What of it was back, or on its way back, before it became a part of the price: none of that is price. */
  readonly returnedBeforeMinor: number;
  readonly use: (typeof chargeUses)[number];
}

/** A refund of a charge that is under way: what it takes is set aside already. */
export interface PendingRefund {
  readonly requestId: string;
  readonly reference: string;
  /** How much of the charge will be back in all when it is done. */
  readonly upToMinor: number;
  /** What is left of the balance that was set aside for it, in the charge's currency. */
  readonly reservedMinor: number;
}

export type Balances = Readonly<Partial<Record<Currency, number>>>;

/** How much of a charge is back, or on its way back, in all. */
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
 * What of the price is back when so much of a charge is: in proportion to what it had when it became price, so that
 * the last coin completes it.
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

/** How much of the price is back or on its way back, over all charges: the level that time lots follow. */
export const priceReturned = ({ charges, pending }: PriceLevel) =>
  charges.reduce(
    (sum, charge) =>
      sum + priceShare(charge, upTo(pending, charge.reference, charge.returnedMinor)),
    0,
  );
