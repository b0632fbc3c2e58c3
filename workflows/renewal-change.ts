import { workflowInfo } from "@temporalio/workflow";
import type { RenewalRequest } from "../domain/payments/renewal.ts";
import { instant } from "../domain/time.ts";
import { wakeSubscription } from "./calendars.ts";
import { localDb } from "./steps/payments.ts";

/** Books what a customer has chosen for their auto-renewal; their calendar then follows it. */
export async function renewalChange(request: RenewalRequest): Promise<"changed" | "refused"> {
  const changed = await localDb.changeRenewal(request, instant(workflowInfo().startTime));
  if (changed === undefined) return "refused";
  await wakeSubscription({ subscriptionId: changed.id, ...changed });
  return "changed";
}
