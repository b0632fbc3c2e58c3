import type { UnmatchedCharge } from "../../../db/queries/payments/unmatched.ts";
import type { CustomerName } from "../../../db/queries/people/customers.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { mostListed } from "../paging.ts";

/**
 * Customers by what an admin knows of them: Telegram id, @username, a part of the name; or else a
 * payment's number, its memo, or the reference of its invoice or charge; or else the wallet that
 * they paid from, or a part of a comment.
 */
export async function searchCustomers(
  { customers, payments, unmatched }: BotPorts,
  wanted: string,
): Promise<readonly CustomerName[]> {
  const found = await orUnavailable(customers.search(wanted, mostListed));
  if (found.length > 0) return found;
  const paid = await orUnavailable(payments.search(wanted));
  if (paid.length > 0) return distinct(paid.map(({ customer }) => customer));
  const transfers = await orUnavailable(payments.searchTransfers(wanted));
  const receivers = await orUnavailable(unmatched.listReceivers(wanted));
  return distinct([...transfers.map(({ customer }) => customer), ...receivers]);
}

/** Open unmatched payments by wallet, comment or reference, for those who may see them. */
export async function searchUnmatched(
  context: BotContext,
  { unmatched }: BotPorts,
  wanted: string,
): Promise<readonly UnmatchedCharge[]> {
  return may(context, "seeShop") ? orUnavailable(unmatched.search(wanted)) : [];
}

const distinct = (customers: readonly CustomerName[]): CustomerName[] => [
  ...new Map(customers.map((customer) => [customer.telegramId, customer])).values(),
];
