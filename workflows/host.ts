import { getExternalWorkflowHandle, patched, upsertSearchAttributes } from "@temporalio/workflow";
import type { HostRepair } from "../domain/host.ts";
import type { HostId } from "../domain/ids.ts";
import { instant } from "../domain/time.ts";
import { searchAttributes, workflowIds } from "./contract.ts";
import { quotaReached } from "./signals.ts";
import { needHuman, quickSteps, tellWorkflow, ticks } from "./steps.ts";

/**
 * Makes a host match the books. When more peers should go than a tick may remove by itself, none goes and
 * operators see `NeedsHuman`: whoever agrees starts this workflow once with `mayRemoveMany` true.
 */
export async function hostReconciliation(id: HostId, mayRemoveMany = false): Promise<HostRepair> {
  upsertSearchAttributes([{ key: searchAttributes.host, value: id }]);
  const repair = await ticks.reconcileHost(id, mayRemoveMany);
  if (repair.held > 0) {
    needHuman(true, `${repair.held} peers should go: start hostReconciliation with [id, true]`);
  }
  return repair;
}

/** Reads a host's counters into the books, and tells the subscriptions whose traffic is used up. */
export async function traffic(id: HostId): Promise<number> {
  const counters = await ticks.recordTraffic(id, instant(Date.now()));
  if (!patched("traffic-limits")) return counters;
  for (const subscriptionId of await quickSteps.usedUp(id)) {
    const subscription = getExternalWorkflowHandle(workflowIds.subscription(subscriptionId));
    await tellWorkflow(subscription.signal(quotaReached), "the traffic is used up");
  }
  return counters;
}
