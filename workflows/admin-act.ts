import { getExternalWorkflowHandle } from "@temporalio/workflow";
import type { RecordedAct } from "../db/audit.ts";
import type { AdminActRequest } from "../domain/admin-act.ts";
import type { AdminChange } from "../domain/subscription.ts";
import { instant } from "../domain/time.ts";
import { workflowIds } from "./contract.ts";
import { adminChanged } from "./signals.ts";
import { quickSteps, steps, tellWorkflow } from "./steps.ts";

/** An admin's act on a customer: written to the audit log, then told to the subscription, then confirmed. */
export async function adminAct(request: AdminActRequest): Promise<RecordedAct["kind"]> {
  const recorded = await quickSteps.recordAct(request, instant(Date.now()));
  if (recorded.kind === "refused") {
    await steps.tell(request.by, { kind: "actRefused", why: recorded.why });
    return recorded.kind;
  }
  if (recorded.subscriptionId !== undefined) {
    const subscription = getExternalWorkflowHandle(
      workflowIds.subscription(recorded.subscriptionId),
    );
    const told = subscription.signal(adminChanged, changeOf(request));
    if (!(await tellWorkflow(told, request.act.kind))) {
      await steps.tell(request.by, { kind: "actRefused", why: "noSubscription" });
      return "refused";
    }
  }
  const { kind: act } = request.act;
  await steps.tell(request.by, { kind: "actDone", act, name: recorded.name });
  return recorded.kind;
}

function changeOf({ requestId, act }: AdminActRequest): AdminChange {
  const actId = `admin/${requestId}`;
  return act.kind === "extend"
    ? { actId, kind: act.kind, days: act.days }
    : { actId, kind: act.kind };
}
