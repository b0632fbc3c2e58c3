import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";

/**
 * What the sender has as a customer. Undefined: they are not one, yet or any more; they wait for an
 * approval, also again, or their access was closed. Their home screen says which of it.
 */
export async function findCurrentPlan(
  { customer, telegramId }: BotContext,
  { plans }: Pick<BotPorts, "plans">,
): Promise<CurrentPlan | undefined> {
  if (customer?.status !== "active") return undefined;
  const current = await orUnavailable(plans.findCurrent(telegramId, instant(new Date())));
  return current?.state === "revoked" || current?.state === "blocked" ? undefined : current;
}
