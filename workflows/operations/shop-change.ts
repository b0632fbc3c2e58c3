import { getExternalWorkflowHandle } from "@temporalio/workflow";
import { summarySettings } from "../../domain/operations/daily-summary.ts";
import type { ShopChangeRequest, ShopChangeResult } from "../../domain/operations/shop-change.ts";
import { instant } from "../../domain/time.ts";
import { workflowIds } from "../contract/names.ts";
import { signalWorkflow } from "../other-workflows.ts";
import { checkNow } from "../signals.ts";
import { localDb } from "../steps/operations.ts";

/** One change of the shop's settings or plans, booked once; its result tells the effect. */
export async function shopChange(request: ShopChangeRequest): Promise<ShopChangeResult> {
  const result = await localDb.recordShopChange(request, instant(Date.now()));
  const { change } = request;
  if (change.kind === "setting" && summarySettings.includes(change.key)) {
    const summary = getExternalWorkflowHandle(workflowIds.summary);
    await signalWorkflow(summary.signal(checkNow), "the summary may be due at another time");
  }
  return result;
}
