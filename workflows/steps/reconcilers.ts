import { ActivityCancellationType } from "@temporalio/workflow";
import { reconcilerTaskQueue } from "../contract/names.ts";

/**
 * A reconciler's loop runs until its condition changes, and moves from worker to worker without
 * events in the history. When it ends, another worker has it within a second, or within the
 * heartbeat timeout after a kill.
 */
export const loop = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "30d",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "100ms", maximumInterval: "1s" },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

/** A short step beside a reconciler's loop. */
export const shortStep = {
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "10s",
  retry: { initialInterval: "200ms", maximumInterval: "10s" },
} as const;
