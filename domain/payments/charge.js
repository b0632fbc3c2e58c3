/**
 * `grant`: it bought time, alone or as a part of the price. `credit`: it became balance. `none`:
 * only its return is known.
 */
export const chargeUses = ["grant", "credit", "none"];
/** How much of a charge is returned or about to be, in total, in minor units. */
export function upTo(pending, reference, returnedMinor) {
    let most = returnedMinor;
    for (const refund of pending) {
        if (refund.reference === reference)
            most = Math.max(most, refund.upToMinor);
    }
    return most;
}
/**
 * The share of the price that is returned when `returnedMinor` of the charge is: in proportion to
 * what the charge had when it became price, so that the last coin completes it.
 */
export function priceShare(charge, returnedMinor) {
    const { paid: amount, priceMinor, returnedBeforeMinor } = charge;
    const had = (amount?.minor ?? 0) - returnedBeforeMinor;
    const back = Math.min(returnedMinor - returnedBeforeMinor, had);
    if (back <= 0)
        return 0;
    return Number((BigInt(back) * BigInt(priceMinor) * 2n + BigInt(had)) / (BigInt(had) * 2n));
}
/**
 * How much of the price is returned or about to be, over all charges: the level
 * that time lots follow.
 */
export const priceReturned = ({ charges, pending }) => charges.reduce((sum, charge) => sum + priceShare(charge, upTo(pending, charge.reference, charge.returnedMinor)), 0);
