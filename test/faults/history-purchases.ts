import { PlanQueries } from "../../db/queries/payments/plans.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { offerAddOn } from "../../domain/payments/add-on.ts";
import {
  type AddOn,
  balanceGateway,
  gatewayName,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { instant } from "../../domain/time.ts";
import { eventually } from "../drivers/eventually.ts";
import { firstSubscriptionOf } from "../drivers/subscriptions.ts";
import type { Database } from "../../db/orm.ts";
import { tenth } from "./gateway-drivers/gateway-driver.ts";
import { addOnTenths, type History, type SoldPlan, type Step } from "./payment-history.ts";

/** A plan, once or, where the history says so, every month. */
export function planPurchase(
  person: TelegramId,
  { recurs, currency }: History,
  { plan, gateway }: { readonly plan: SoldPlan; readonly gateway: string },
): Purchase {
  const isBegun = recurs && gateway !== balanceGateway && plan === "month";
  return {
    telegramId: person,
    plan: plan as PlanCode,
    planVersion: 1,
    gateway: gatewayName(gateway),
    currency,
    ...(isBegun ? { recurs: "begins" } : {}),
  };
}

/** What a step buys: a plan, another subscription, or balance by tenths of the cheapest plan. */
export function purchaseOf(
  step: Extract<Step, { kind: "buy" | "another" | "topUp" }>,
  person: TelegramId,
  history: History,
): Purchase {
  const { gateway, currency } = history;
  switch (step.kind) {
    case "buy": {
      const from = step.from === "gateway" ? gateway : balanceGateway;
      return planPurchase(person, history, { plan: step.plan, gateway: from });
    }
    case "another": {
      const once = { ...history, recurs: false };
      return { ...planPurchase(person, once, { plan: "month", gateway }), subscription: "new" };
    }
    case "topUp":
      return {
        telegramId: person,
        extra: { kind: "topUp" },
        minor: step.tenths * tenth[currency],
        gateway: gatewayName(gateway),
        currency,
      };
  }
}

/** Who may add to their plan, in a history. */
interface Purchaser {
  readonly person: TelegramId;
  readonly history: History;
}

/** What this person is offered to add to their plan, at the history's gateway; undefined: nothing. */
export async function addOnPurchase(
  books: Pick<Database, "em">,
  { person, history }: Purchaser,
  what: AddOn["kind"],
): Promise<Purchase | undefined> {
  const now = instant(new Date());
  const plans = new PlanQueries(books.em.fork());
  const facts = await eventually(
    async () => plans.findAddOnFacts(await firstSubscriptionOf(books.em.fork(), person), now),
    60_000,
  );
  const offer = facts && offerAddOn(what, facts, now);
  if (offer === undefined) return undefined;
  const { gateway, currency } = history;
  return {
    telegramId: person,
    extra: offer.addOn,
    minor: addOnTenths * tenth[currency],
    gateway: gatewayName(gateway),
    currency,
  };
}
