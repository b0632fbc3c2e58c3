import type { AdoptionRequest, AdoptionResult } from "../domain/access/adoption.ts";
import type { DriftAnswer } from "../domain/access/drift.ts";
import type { HostChangeRequest, HostChangeResult } from "../domain/access/host-change.ts";
import type { HostReport } from "../domain/access/host-report.ts";
import type { HostId } from "../domain/ids.ts";
import { taskQueue, workflowIds } from "../workflows/contract/names.ts";
import type { hostAdoption, hostChange, hostDrift, hostTest } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

/**
 * Changes a host, once per request, and waits for what it came to.
 * @throws Unavailable when Temporal does not answer in time, or no worker takes the change: then it
 * is made later, and asking again answers the same.
 */
export async function changeHost(
  client: DurableClient,
  request: HostChangeRequest,
): Promise<HostChangeResult> {
  const workflowId = workflowIds.hostChange(request.requestId);
  await client.start(({ workflow }) =>
    workflow.start<typeof hostChange>("hostChange", {
      taskQueue,
      workflowId,
      // One that an operator has ended is made anew.
      workflowIdReusePolicy: "ALLOW_DUPLICATE_FAILED_ONLY",
      args: [request],
      staticSummary: `${request.change.kind} a host, by ${request.by}`,
    }),
  );
  return client.call(({ workflow }) => workflow.getHandle<typeof hostChange>(workflowId).result());
}

/**
 * Starts a test of a host, once per request.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function startHostTest(
  client: DurableClient,
  { requestId, hostId }: { readonly requestId: string; readonly hostId: HostId },
): Promise<void> {
  await client.start(({ workflow }) =>
    workflow.start<typeof hostTest>("hostTest", {
      taskQueue,
      workflowId: workflowIds.hostTest(requestId),
      args: [hostId],
      staticSummary: `Tests the host ${hostId}`,
    }),
  );
}

/**
 * Waits for the report of a test; undefined: the host does not exist.
 * @throws Unavailable when no worker has it within `timeoutMs`.
 */
export const waitForHostTest = (
  client: DurableClient,
  requestId: string,
  timeoutMs: number,
): Promise<HostReport | undefined> =>
  client.call(
    ({ workflow }) => workflow.getHandle<typeof hostTest>(workflowIds.hostTest(requestId)).result(),
    timeoutMs,
  );

/**
 * Compares a host with the books, once per request, and waits for the answer. Nothing is changed.
 * @throws Unavailable when Temporal does not answer, or no worker has it within `timeoutMs`.
 */
export async function findHostDrift(
  client: DurableClient,
  { requestId, hostId }: { readonly requestId: string; readonly hostId: HostId },
  timeoutMs: number,
): Promise<DriftAnswer> {
  const workflowId = workflowIds.hostDrift(requestId);
  await client.start(({ workflow }) =>
    workflow.start<typeof hostDrift>("hostDrift", {
      taskQueue,
      workflowId,
      args: [hostId],
      staticSummary: `Compares the host ${hostId} with the books`,
    }),
  );
  return client.call(
    ({ workflow }) => workflow.getHandle<typeof hostDrift>(workflowId).result(),
    timeoutMs,
  );
}

/**
 * Takes users of a host over, once per request, and waits for what became of them.
 * @throws Unavailable when Temporal does not answer, or no worker has done it within `timeoutMs`:
 * then it goes on, and asking again answers the same.
 */
export async function adoptHostUsers(
  client: DurableClient,
  request: AdoptionRequest,
  timeoutMs: number,
): Promise<AdoptionResult> {
  const workflowId = workflowIds.hostAdoption(request.requestId);
  await client.start(({ workflow }) =>
    workflow.start<typeof hostAdoption>("hostAdoption", {
      taskQueue,
      workflowId,
      args: [request],
      staticSummary: `Takes users of the host ${request.hostId} over`,
    }),
  );
  return client.call(
    ({ workflow }) => workflow.getHandle<typeof hostAdoption>(workflowId).result(),
    timeoutMs,
  );
}
