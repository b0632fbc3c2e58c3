import { WorkflowNotFoundError } from "@temporalio/client";
import type { DeviceRequest, SubscriptionRef } from "../domain/access/subscription.ts";
import { type SubscriptionId, subscriptionId } from "../domain/ids.ts";
import { calendarOf } from "../workflows/contract/access.ts";
import { searchAttributes, signals, workflowIds } from "../workflows/contract/names.ts";
import type { subscription } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

/**
 * Tells a subscription what its customer wants of a device. A calendar that is over, or was terminated, begins anew
 * and does what is asked.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function requestDevice(
  client: DurableClient,
  of: SubscriptionRef,
  request: DeviceRequest,
): Promise<void> {
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof subscription, [DeviceRequest]>("subscription", {
      ...calendarOf(of),
      signal: signals.deviceRequested,
      signalArgs: [request],
    }),
  );
}

/**
 * Has a calendar read the books; one that does not run is begun.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function wakeCalendar(client: DurableClient, ref: SubscriptionRef): Promise<void> {
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof subscription>("subscription", {
      ...calendarOf(ref),
      signal: signals.booksChanged,
      signalArgs: [],
    }),
  );
}

/**
 * Begins a subscription's calendar; one that runs is left as it is.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function startCalendar(client: DurableClient, ref: SubscriptionRef): Promise<void> {
  await client.start(({ workflow }) =>
    workflow.start<typeof subscription>("subscription", calendarOf(ref)),
  );
}

/**
 * Ends a calendar that has no subscription in the books.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function endCalendar(client: DurableClient, of: SubscriptionId): Promise<void> {
  const ended = client.call(({ workflow }) =>
    workflow
      .getHandle(workflowIds.subscription(of))
      .terminate("there is no such subscription in the books"),
  );
  await ended.catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

/** Lists the calendars that run now, each with the state of its subscription that it read last, if it has read one. */
export async function listCalendars({
  temporal,
}: DurableClient): Promise<ReadonlyMap<SubscriptionId, string | undefined>> {
  const query = "WorkflowType = 'subscription' AND ExecutionStatus = 'Running'";
  const prefix = "subscription:";
  const running = new Map<SubscriptionId, string | undefined>();
  for await (const found of temporal.workflow.list({ query, pageSize: 1_000 })) {
    const stage = found.typedSearchAttributes.get(searchAttributes.stage);
    running.set(subscriptionId(found.workflowId.slice(prefix.length)), stage);
  }
  return running;
}
