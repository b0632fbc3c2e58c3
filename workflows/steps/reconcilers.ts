import { ActivityCancellationType } from "@temporalio/workflow";
import { reconcilerTaskQueue } from "../contract/names.ts";

/**
 * A reconciler's loop: it runs until somebody has to decide, handed from worker to worker without an event of
 * history. Whatever ends it, another worker has it within a second, and after a kill within the heartbeat.
 */
export const loop = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "30d",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "100ms", maximumInterval: "1s" },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

/** A short step beside a reconciler's loop. */
export const beside = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "10s",
  retry: { initialInterval: "200ms", maximumInterval: "10s" },
} as const;
