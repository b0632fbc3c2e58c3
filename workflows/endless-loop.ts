import { ActivityFailure, CancellationScope, isCancellation, sleep } from "@temporalio/workflow";

/** An activity that runs without end, as its workflow sees it. */
export interface EndlessLoop<Result> {
  /** Whether the activity is over, for whatever reason. */
  hasEnded(): boolean;
  /** Ends it if it runs. Returns its result if it returned by itself. */
  end(): Promise<Result | undefined>;
}

/**
 * Starts an activity that runs without end. It is retried without end, so a failure was not
 * foreseen: the loop has then ended after a pause, and its workflow starts it again. One that is
 * being cancelled may also end by its worker's death, and is not retried then.
 */
export function startEndlessLoop<Result>(run: () => Promise<Result>): EndlessLoop<Result> {
  const scope = new CancellationScope();
  let isCancelled = false;
  let hasEnded = false;
  const result = scope
    .run(run)
    .catch(async (error: unknown) => {
      if (isCancellation(error)) return undefined;
      if (!(error instanceof ActivityFailure)) throw error;
      if (!isCancelled) await sleep("10s", { summary: "begins anew" });
      return undefined;
    })
    .finally(() => (hasEnded = true));
  return {
    hasEnded: () => hasEnded,
    end: () => {
      isCancelled = !hasEnded;
      if (isCancelled) scope.cancel();
      return result;
    },
  };
}
