import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { type SubscriptionId, subscriptionId } from "../domain/ids.ts";
import type { SubscriptionRef } from "../domain/subscription.ts";
import { calendarOf, workflowIds } from "../workflows/contract.ts";
import type { subscription } from "../workflows/index.ts";
import { ignoreStarted } from "./payments.ts";

/** Of which subscriptions the calendar runs now. */
export async function runningCalendars(client: Client): Promise<ReadonlySet<SubscriptionId>> {
  const query = "WorkflowType = 'subscription' AND ExecutionStatus = 'Running'";
  const prefix = "subscription:";
  const running = new Set<SubscriptionId>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) {
    running.add(subscriptionId(workflowId.slice(prefix.length)));
  }
  return running;
}

/** Begins a subscription's calendar; one that runs is left as it is. */
export async function startCalendar(client: Client, ref: SubscriptionRef): Promise<void> {
  await client.workflow
    .start<typeof subscription>("subscription", calendarOf(ref))
    .catch(ignoreStarted);
}

/** Ends a calendar that has no subscription in the books. */
export async function endCalendar(client: Client, of: SubscriptionId): Promise<void> {
  const handle = client.workflow.getHandle(workflowIds.subscription(of));
  await handle.terminate("there is no such subscription in the books").catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}
