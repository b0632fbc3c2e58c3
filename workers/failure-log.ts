import type { Context } from "@temporalio/activity";
import type { WorkerInterceptors } from "@temporalio/worker";
import type { Logger } from "../runtime/log.ts";
import { stepSummaries } from "../workflows/steps/summaries.ts";

type ActivityInterceptor = NonNullable<WorkerInterceptors["activity"]>[number];

/**
 * Logs each failed step in words: what was done, for whom, at which try, and why it failed. The
 * SDK's own entry about it, which names neither, is left out.
 */
export const logFailures =
  (log: Logger): ActivityInterceptor =>
  (context: Context) => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          if (context.cancellationSignal.aborted) throw error;
          log.warn(factsOf(context, input.args, error), wordsOf(context));
          throw error;
        }
      },
    },
  });

const wordsOf = ({ info: { activityType } }: Context): string =>
  `a step failed: ${stepSummaries[activityType] ?? activityType}`;

function factsOf(
  { info: { activityType, attempt, workflowExecution } }: Context,
  args: readonly unknown[],
  error: unknown,
) {
  const { message } = error as Error;
  const telegramId = telegramIdIn(args);
  return {
    workflowId: workflowExecution?.workflowId,
    ...(telegramId === undefined ? {} : { telegramId }),
    activityType,
    attempt,
    reason: message,
  };
}

/** How deep the arguments of a step may hold the person: `[{ order: { telegramId } }]`. */
const deepest = 3;

/** The Telegram id of the person that a step's arguments are about, where they say. */
function telegramIdIn(value: unknown, depth = 0): number | undefined {
  if (typeof value !== "object" || value === null || depth > deepest) return undefined;
  const { telegramId } = value as { readonly telegramId?: unknown };
  if (typeof telegramId === "number") return telegramId;
  for (const inner of Object.values(value)) {
    const found = telegramIdIn(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
