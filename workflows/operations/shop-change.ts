import { ActivityFailure, getExternalWorkflowHandle } from "@temporalio/workflow";
import { summarySettings } from "../../domain/operations/daily-summary.ts";
import type { ShopChangeRequest, ShopChangeResult } from "../../domain/operations/shop-change.ts";
import type { ChannelCheck } from "../../domain/people/channels.ts";
import { instant } from "../../domain/time.ts";
import { workflowIds } from "../contract/names.ts";
import { signalWorkflow } from "../other-workflows.ts";
import { checkNow } from "../signals.ts";
import { externalBriefly, localDb } from "../steps/operations.ts";

/** One change of the shop's settings or plans, booked once; its result tells the effect. */
export async function shopChange(request: ShopChangeRequest): Promise<ShopChangeResult> {
  const result = await localDb.recordShopChange(request, instant(Date.now()));
  const { change } = request;
  if (change.kind !== "setting") return result;
  if (summarySettings.includes(change.key)) {
    const summary = getExternalWorkflowHandle(workflowIds.summary);
    await signalWorkflow(summary.signal(checkNow), "the summary may be due at another time");
  }
  if (change.key !== "channels" || result.kind === "refused") return result;
  const channels = getExternalWorkflowHandle(workflowIds.channels);
  await signalWorkflow(channels.signal(checkNow), "other channels are required");
  return { ...result, channels: await inspectChannels() };
}

/** Whether the bot can see who is in the channels; none where nobody could answer. */
async function inspectChannels(): Promise<readonly ChannelCheck[]> {
  try {
    return await externalBriefly.inspectChannels();
  } catch (error) {
    if (error instanceof ActivityFailure) return [];
    throw error;
  }
}
