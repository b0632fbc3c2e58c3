import { randomUUID } from "node:crypto";
import type { Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { eventually } from "./eventually.ts";

/** A week of hourly steps takes half a minute on a busy machine. */
const timeoutMs = 90_000;

/** Results of a poll other than "poll again". */
const reached = 2;
const failed = 3;

/**
 * Skips `ms` of one open workflow's time; resolves when its work up to then is done, or when it has
 * ended. Activities, the database and other workflows keep real time.
 * One call at a time per workflow.
 * @throws Error when the server cannot skip, or after 90 seconds.
 */
export async function advance(
  connection: Connection,
  namespace: string,
  { workflowId, ms }: { workflowId: string; ms: number },
): Promise<void> {
  const service = connection.workflowService;
  const workflowExecution = { workflowId };
  const id = randomUUID();
  // A subscription is in the books a moment before its workflow starts.
  await eventually(() =>
    service.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      updateMask: { paths: ["time_skipping_config"] },
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          disablePropagation: true,
          maxSessionSkipCount: 1_000,
          fastForwardConfig: { id, duration: msToTs(ms) },
        },
      },
    }),
  );
  for (const deadline = Date.now() + timeoutMs; ;) {
    const polled = await connection.withDeadline(deadline, () =>
      service.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution,
        fastForwardId: id,
      }),
    );
    if ((polled.fastForwardPollingResult as number) === reached) return;
    if ((polled.fastForwardPollingResult as number) === failed) {
      if (/execution ended before/u.test(polled.failedReason ?? "")) return;
      throw new Error(`fast-forward of ${workflowId}: ${polled.failedReason}`);
    }
  }
}
