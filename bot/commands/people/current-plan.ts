import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { instant } from "../../../domain/time.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";

/** What a subscription is that is yet to be bought. */
export const nothingYet: CurrentPlan = {
  code: "",
  state: "expired",
  paidUntil: undefined,
  graceUntil: undefined,
  plan: undefined,
  time: [],
};

/**
 * What the sender has as a customer of the subscription that the update is about. Undefined: they are
 * not one, yet or any more; they wait for an approval, also again, or their access was closed. Their
 * home screen says which of it.
 */
export async function findCurrentPlan(
  context: BotContext,
  { plans, customers }: Pick<BotPorts, "plans" | "customers">,
): Promise<CurrentPlan | undefined> {
  if (context.customer?.status !== "active") return undefined;
  const subscription = await findChosen(context, { customers });
  if (subscription === undefined) return undefined;
  const current = await orUnavailable(plans.findCurrent(subscription.id, instant(new Date())));
  return current?.state === "revoked" || current?.state === "blocked" ? undefined : current;
}
