import { upsertSearchAttributes } from "@temporalio/workflow";
import type { GatewayName } from "../domain/payment.ts";
import type { Reconciled } from "../domain/reconciliation.ts";
import { searchAttributes } from "./contract.ts";
import { readings, steps } from "./steps.ts";

/** One tick of a gateway's Schedule: what never arrived is found and goes the way it should have gone. */
export async function reconciliation(gateway: GatewayName): Promise<Reconciled> {
  upsertSearchAttributes([{ key: searchAttributes.gateway, value: gateway }]);
  const reconciled = await readings.reconcileGateway(gateway);
  const { fixed: count } = reconciled;
  if (count > 0) await steps.tellAdmins({ kind: "foundAndFixed", gateway, count });
  return reconciled;
}
