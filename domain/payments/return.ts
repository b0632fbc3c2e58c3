import { money } from "../money.ts";
import { type Charge, priceShare } from "./charge.ts";
import type { Effect } from "./effect.ts";
import type { PaymentFacts } from "./payment-facts.ts";
import type { GatewayReport } from "./payment.ts";

type ReturnReport = Extract<GatewayReport, { kind: "refunded" | "chargedBack" }>;

/**
 * Decides what a return means: how much of it is price, what comes from a reserve or the balance,
 * and what is our own loss.
 */
export function decideReturn(facts: PaymentFacts, report: ReturnReport): Effect {
  const { reference, returned: total, kind } = report;
  const charge = facts.charges.find((one) => one.reference === reference);
  if (total.minor <= (charge?.returnedMinor ?? 0)) return { kind: "duplicate" };
  if (charge?.paid === undefined) return { kind: "returnNoted", reference, returned: total };
  const { currency } = charge.paid;
  if (total.currency !== currency || total.minor > charge.paid.minor) {
    const reason = `${reference}: more was returned than paid, or in another currency`;
    return { kind: "inconsistent", reason };
  }
  const forced = kind === "chargedBack";
  const newly = total.minor - charge.returnedMinor;
  const ofPrice = priceShare(charge, total.minor) - priceShare(charge, charge.returnedMinor);
  const credit = creditBack(facts, charge, { minor: newly - ofPrice, forced });
  const after = { ...charge, returnedMinor: total.minor };
  return {
    kind: "returned",
    reference,
    returned: money(newly, currency),
    total,
    ofPrice: money(ofPrice, currency),
    ofReserve: credit.ofReserve,
    ofBalance: money(credit.balance, currency),
    ofShop: money(credit.shop, currency),
    forced,
    isOurs: facts.pending.some((refund) => refund.reference === reference),
    whole: isWhole(facts, [...facts.charges.filter((one) => one !== charge), after]),
  };
}

/**
 * Whether all of the price that was ever paid has been returned; of a top-up, which has no price,
 * all that became balance.
 */
function isWhole({ state }: PaymentFacts, charges: readonly Charge[]): boolean {
  const prices = charges.filter(({ priceMinor }) => priceMinor > 0);
  if (prices.length === 0 && state === "settled") {
    const credits = charges.filter(({ use }) => use === "credit");
    return credits.every((one) => one.returnedMinor === one.paid?.minor);
  }
  return prices.length > 0 && prices.every((one) => one.returnedMinor === one.paid?.minor);
}

/**
 * Where returned balance comes from: first from its reserve, then from what the customer has. For
 * what they have spent already, a chargeback makes a debt; a return that we made at the gateway
 * ourselves is our loss.
 */
function creditBack(
  { pending, balances }: PaymentFacts,
  { reference, paid: amount }: Charge,
  { minor, forced }: { readonly minor: number; readonly forced: boolean },
) {
  let left = minor;
  const ofReserve = pending
    .filter((refund) => refund.reference === reference && refund.reservedMinor > 0)
    .map(({ requestId, reservedMinor }) => {
      const taken = Math.min(left, reservedMinor);
      left -= taken;
      return { requestId, minor: taken };
    })
    .filter((taken) => taken.minor > 0);
  const has = amount === undefined ? 0 : Math.max(0, balances[amount.currency] ?? 0);
  const balance = forced ? left : Math.min(left, has);
  return { ofReserve, balance, shop: left - balance };
}
