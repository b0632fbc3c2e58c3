import { decimalOf, difference } from "../../domain/money.ts";
import { Refused } from "../refused.ts";
import type { RefundRequest } from "./port.ts";

/**
 * Checks a refund before any gateway is asked.
 * @throws Refused when nobody could make it: it is nothing, or more than is left.
 */
export function checkRefund({ amount, paid, alreadyReturned }: RefundRequest): void {
  const { minor, currency } = amount;
  if (currency !== paid.currency) throw new Refused("a refund is in the currency that was paid");
  if (minor <= 0) throw new Refused("a refund is of more than nothing");
  const left = difference(paid, alreadyReturned);
  if (minor > left.minor)
    throw new Refused(`only ${decimalOf(left)} ${currency} are left to return`);
}
