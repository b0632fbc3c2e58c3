import { currencies, money } from "../money.ts";
/** The plan's price in a currency; undefined: it has none. */
export function priceIn({ prices }, currency) {
    const minor = prices[currency];
    return minor === undefined ? undefined : money(minor, currency);
}
/**
 * What one hour of a plan becomes in another plan: as many hours as cost the same there, by the two
 * plans' prices in the first currency that both have, `preferred` ones first. Undefined when they
 * have no currency in common: nothing says then what one is worth in the other.
 */
export function conversionFactor(from, to, preferred) {
    if (from.code === to.code)
        return 1;
    for (const currency of [...preferred, ...currencies]) {
        const [had, wanted] = [from.prices[currency], to.prices[currency]];
        if (had && wanted)
            return (had * to.days) / (wanted * from.days);
    }
    return undefined;
}
