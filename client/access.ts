import { WorkflowNotFoundError } from "@temporalio/client";
import type { LinkRequest, LinkResult } from "../domain/access/link.ts";
import type { DeviceRequest, SubscriptionRef } from "../domain/access/subscription.ts";
import { type SubscriptionId, subscriptionId } from "../domain/ids.ts";
import { calendarOf } from "../workflows/contract/access.ts";
import { searchAttributes, signals, taskQueue, workflowIds } from "../workflows/contract/names.ts";
import type { SignalArguments } from "../workflows/contract/signal-arguments.ts";
import type { linkRequest, subscription } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

/**
 * Sends a device request to a subscription. If its calendar has ended or was terminated, it is
 * started and handles the request.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function requestDevice(
  client: DurableClient,
  of: SubscriptionRef,
  request: DeviceRequest,
): Promise<void> {
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof subscription, SignalArguments["deviceRequested"]>(
      "subscription",
      {
        ...calendarOf(of),
        signal: signals.deviceRequested,
        signalArgs: [request],
      },
    ),
  );
}

/**
 * Makes a request on behalf of whoever has a link, and waits for what became of it. Equal requests
 * at one time are one.
 * @throws Unavailable when Temporal does not answer in time, or no worker takes it.
 */
export async function requestByLink(
  client: DurableClient,
  request: LinkRequest,
): Promise<LinkResult> {
  return client.call(({ workflow }) =>
    workflow.execute<typeof linkRequest>("linkRequest", {
      taskQueue,
      workflowId: workflowIds.linkRequest(idOf(request)),
      workflowIdConflictPolicy: "USE_EXISTING",
      workflowExecutionTimeout: "1 minute",
      args: [request],
      staticSummary: linkSummaries[request.kind],
    }),
  );
}

function idOf(request: LinkRequest): string {
  switch (request.kind) {
    case "source":
      return `source/${request.accessId}`;
    case "hwid":
      return `hwid/${request.deviceId}/${request.hash}`;
    case "file":
      return `file/${request.requestId}`;
  }
}

const linkSummaries: Readonly<Record<LinkRequest["kind"], string>> = {
  source: "Finds what a subscription link leads to",
  hwid: "Counts a phone or computer that uses a link",
  file: "Gives a key's file by a link, once",
};

/**
 * Makes a calendar read the database again; starts it if it does not run.
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
 * Starts a subscription's calendar; a running one is left as it is.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function startCalendar(client: DurableClient, ref: SubscriptionRef): Promise<void> {
  await client.start(({ workflow }) =>
    workflow.start<typeof subscription>("subscription", calendarOf(ref)),
  );
}

/**
 * Ends a calendar without a subscription.
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

/**
 * Lists the running calendars, each with the state of its subscription that it last read,
 * if it has read one.
 */
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
