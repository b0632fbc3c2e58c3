import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { type SubscriptionId, subscriptionId } from "../domain/ids.ts";
import type { SubscriptionRef } from "../domain/subscription.ts";
import { calendarOf, searchAttributes, signals, workflowIds } from "../workflows/contract.ts";
import type { subscription } from "../workflows/index.ts";
import { ignoreStarted } from "./payments.ts";

/** The calendars that run now, each with the state of its subscription that it read last, if it has read one. */
export async function runningCalendars(
  client: Client,
): Promise<ReadonlyMap<SubscriptionId, string | undefined>> {
  const query = "WorkflowType = 'subscription' AND ExecutionStatus = 'Running'";
  const prefix = "subscription:";
  const running = new Map<SubscriptionId, string | undefined>();
  for await (const found of client.workflow.list({ query, pageSize: 1_000 })) {
    const stage = found.typedSearchAttributes.get(searchAttributes.stage);
    running.set(subscriptionId(found.workflowId.slice(prefix.length)), stage);
  }
  return running;
}

/** Has a calendar read the books; one that does not run is begun. */
export async function wakeCalendar(client: Client, ref: SubscriptionRef): Promise<void> {
  await client.workflow.signalWithStart<typeof subscription>("subscription", {
    ...calendarOf(ref),
    signal: signals.booksChanged,
    signalArgs: [],
  });
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
