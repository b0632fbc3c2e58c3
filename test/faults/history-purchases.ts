import type { TelegramId } from "../../domain/ids.ts";
import { balanceGateway, gatewayName, type Purchase } from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { tenth } from "./gateway-drivers/gateway-driver.ts";
import type { History, SoldPlan } from "./payment-history.ts";

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

/** A top-up by tenths of the cheapest plan, at the history's gateway. */
export const topUpPurchase = (
  person: TelegramId,
  { gateway, currency }: History,
  tenths: number,
): Purchase => ({
  telegramId: person,
  extra: { kind: "topUp" },
  minor: tenths * tenth[currency],
  gateway: gatewayName(gateway),
  currency,
});
