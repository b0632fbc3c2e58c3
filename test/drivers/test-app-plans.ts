import type { Database } from "../../db/orm.ts";
import { Gateways } from "../../db/payments/gateways.ts";
import { type OfferedPlan, Plans } from "../../db/payments/plans.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { planFor } from "./shop.ts";

/** Two plans, in the currencies of the tests' gateways. */
export const shopPlans: readonly OfferedPlan[] = [
  planFor("month", { RUB: 30_000, XTR: 250, USDT: 3_500_000, GRAM: 1_500_000_000 }),
  {
    ...planFor("family", { RUB: 60_000, XTR: 500, USDT: 7_000_000, GRAM: 3_000_000_000 }),
    order: 1,
  },
];

/** Adds plans, and gateways to pay for them. */
export async function openShop(
  { em }: Database,
  { plans, gateways }: { plans: readonly OfferedPlan[]; gateways: readonly PaymentGateway[] },
): Promise<void> {
  await new Plans(em).importAll(plans);
  await new Gateways(em).publish(gateways.map(({ capabilities: facts }) => facts));
}
