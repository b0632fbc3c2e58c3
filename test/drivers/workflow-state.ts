import { type WorkflowHandle, WorkflowNotFoundError } from "@temporalio/client";

/** What a workflow is doing; `at` names its activities and tasks, with their last failures. */
export type WorkflowState =
  | { readonly kind: "closed" | "waits" }
  | { readonly kind: "busy"; readonly at: string };

/** Describes a workflow; "closed" also when it does not exist. */
export async function readWorkflowState(handle: WorkflowHandle): Promise<WorkflowState> {
  try {
    const { status, raw, historyLength } = await handle.describe();
    if (status.name !== "RUNNING") return { kind: "closed" };
    const activities = (raw.pendingActivities ?? []).map(
      ({ activityType, attempt, lastFailure }) =>
        `${activityType?.name}, attempt ${attempt}: ${lastFailure?.message ?? "no failure yet"}`,
    );
    const task = raw.pendingWorkflowTask;
    if (task == null && activities.length === 0) return { kind: "waits" };
    const tasks = task == null ? [] : [`a workflow task, attempt ${task.attempt}`];
    return { kind: "busy", at: [...activities, ...tasks, `${historyLength} events`].join("; ") };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: "closed" };
    throw error;
  }
}

/** The failures of a workflow's tasks and its newest events, as text: explains why it is stuck. */
export async function describeTroubles(handle: WorkflowHandle): Promise<string> {
  const { events = [] } = await handle.fetchHistory();
  const failed = (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: task }) =>
    task ? [`${task.cause}: ${task.failure?.message}`] : [],
  );
  const newest = (events ?? []).slice(-60).map((event) => {
    const timer =
      event.timerStartedEventAttributes ??
      event.timerFiredEventAttributes ??
      event.timerCanceledEventAttributes;
    return `${event.eventId?.toString()}/${event.eventType}${timer ? `(timer ${timer.timerId})` : ""}`;
  });
  return `failed tasks: ${failed.join(" | ") || "none"}; newest events: ${newest.join(" ")}`;
}
