import { ApplicationFailure, Context } from "@temporalio/activity";

/** How a process ends the loops of its reconcilers. */
export interface LoopPorts {
  /**
   * Aborted by the process before it shuts its workers down: a worker itself would cancel
   * activities only after its grace time, and until then no other process could take them over.
   */
  readonly endLoops: AbortSignal;
}

/** How soon another process is given a loop that was handed over. */
const handoverMs = 50;

/**
 * Runs a reconciler's loop in its activity. `run` gets a signal that aborts when the activity is
 * cancelled or this process ends, and should then reject within a second.
 * @throws ApplicationFailure `HandedOver` (retryable) when this process ends, so that another one
 * goes on; CancelledFailure when `run` rejects after a cancellation.
 */
export async function runEndlessLoop<Result>(
  { endLoops }: LoopPorts,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const { cancellationSignal } = context;
  try {
    return await run(AbortSignal.any([cancellationSignal, endLoops]));
  } catch (error) {
    if (cancellationSignal.aborted) return await context.cancelled;
    if (!endLoops.aborted) throw error;
    throw ApplicationFailure.create({
      message: "this process ends: another one goes on",
      type: "HandedOver",
      nextRetryDelay: handoverMs,
    });
  }
}
