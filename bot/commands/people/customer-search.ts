import type { CustomerName } from "../../../db/queries/people/customers.ts";
import type { BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { mostListed } from "../paging.ts";

/**
 * Customers by what an admin knows of them: Telegram id, @username, a part of the name, or else a
 * payment's number, its comment, or the reference of its invoice or charge.
 */
export async function searchCustomers(
  { customers, payments }: BotPorts,
  wanted: string,
): Promise<readonly CustomerName[]> {
  const found = await orUnavailable(customers.search(wanted, mostListed));
  if (found.length > 0) return found;
  const paid = await orUnavailable(payments.search(wanted));
  return [...new Map(paid.map(({ customer }) => [customer.telegramId, customer])).values()];
}
