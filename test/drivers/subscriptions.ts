import type { EntityManager } from "../../db/orm.ts";
import { CustomerQueries } from "../../db/queries/people/customers.ts";
import { ReadCache } from "../../db/read-cache.ts";
import type { SubscriptionId, TelegramId } from "../../domain/ids.ts";

/** A person's subscriptions by their numbers. */
export async function subscriptionsOf(
  em: EntityManager,
  person: TelegramId,
): Promise<SubscriptionId[]> {
  const all = await new CustomerQueries(em, new ReadCache(undefined)).listSubscriptions(person);
  return all.map(({ id }) => id);
}

/**
 * A person's first subscription.
 * @throws Error where they have none yet.
 */
export async function firstSubscriptionOf(
  em: EntityManager,
  person: TelegramId,
): Promise<SubscriptionId> {
  const [first] = await subscriptionsOf(em, person);
  if (first === undefined) throw new Error(`${person} has no subscription yet`);
  return first;
}
