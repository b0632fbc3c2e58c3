import type { SubscriptionSummary } from "../db/queries/people/customers.ts";
import { countingOf } from "../domain/access/subscription.ts";
import type { BotContext, BotPorts } from "./context.ts";
import { orUnavailable } from "./or-unavailable.ts";

/** The sender's subscriptions that count, by their numbers. */
export const listOwn = async (
  { telegramId }: BotContext,
  { customers }: Pick<BotPorts, "customers">,
): Promise<readonly SubscriptionSummary[]> =>
  countingOf(await orUnavailable(customers.listSubscriptions(telegramId)));

/**
 * The subscription that the update is about: the one that it names, or the only one. Undefined: there
 * is none, it does not count any more, or the sender has several and names none of them.
 */
export async function findChosen(
  context: BotContext,
  ports: Pick<BotPorts, "customers">,
): Promise<SubscriptionSummary | undefined> {
  const own = await listOwn(context, ports);
  const { chosen } = context;
  // What was named and does not count any more is not replaced by another: a press may cost money.
  if (typeof chosen === "number") return own.find(({ number }) => number === chosen);
  return own.length === 1 ? own[0] : undefined;
}
