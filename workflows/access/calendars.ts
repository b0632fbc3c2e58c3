import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { calendarOf } from "../contract/access.ts";
import { workflowIds } from "../contract/names.ts";
import { ignoreStarted, signalWorkflow } from "../other-workflows.ts";
import { booksChanged } from "../signals.ts";
import type { subscription } from "./subscription.ts";

interface Owner {
  readonly subscriptionId: SubscriptionRef["id"];
  readonly customerId: SubscriptionRef["customerId"];
  readonly telegramId: SubscriptionRef["telegramId"];
}

/** Makes a subscription's calendar read the database again; starts it if its workflow is gone. */
export async function wakeSubscription(owner: Owner): Promise<void> {
  const { subscriptionId: id, customerId, telegramId } = owner;
  const calendar = getExternalWorkflowHandle(workflowIds.subscription(id));
  if (await signalWorkflow(calendar.signal(booksChanged), "the books have changed")) return;
  await startSubscription({ id, customerId, telegramId });
}

/** Starts a subscription's calendar, which outlives its parent. A running one is left as it is. */
export async function startSubscription(ref: SubscriptionRef): Promise<void> {
  const options = { ...calendarOf(ref), parentClosePolicy: ParentClosePolicy.ABANDON };
  await startChild<typeof subscription>("subscription", options).catch(ignoreStarted);
}
