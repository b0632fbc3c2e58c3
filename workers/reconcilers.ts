import type { Context } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import type { DurableClient } from "../client/durable.ts";
import { ensureReconcilers, type ReconcilerTargets } from "../client/reconcilers.ts";
import { minuteMs } from "../domain/time.ts";
import type { Logger } from "../runtime/log.ts";

/** Keeps the reconcilers running until it is stopped. */
export interface ReconcilerKeeper {
  /** Checks now. */
  readonly checkNow: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Checks every minute, and on demand, that each reconciler runs, and starts those that do not: one
 * that somebody terminated, or that Temporal lost because it was restored, must not be missing
 * until a worker starts. A running one gets no event. `findTargets` is asked each time. Resolves
 * when all run.
 * @throws Error when Temporal is unreachable at first; later failures are logged.
 */
export async function keepReconcilers(
  client: DurableClient,
  findTargets: () => Promise<ReconcilerTargets>,
  log: Logger,
  everyMs = minuteMs,
): Promise<ReconcilerKeeper> {
  const check = async () => ensureReconcilers(client, await findTargets());
  await check();
  const checkNow = () =>
    check().catch((error: unknown) => {
      log.warn({ reason: String(error) }, "could not check that all reconcilers run");
    });
  const timer = setInterval(() => void checkNow(), everyMs);
  timer.unref();
  return { checkNow, stop: () => clearInterval(timer) };
}

/**
 * Calls `lost` when a loop ends because Temporal does not know it any more: its workflow was
 * terminated, or reset to an older point. A loop learns this from the answer to its next heartbeat,
 * in about two seconds.
 */
export const notifyLostLoops =
  (lost: () => void) =>
  (context: Context): { readonly inbound: ActivityInboundCallsInterceptor } => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } finally {
          if (context.cancellationDetails?.notFound === true) lost();
        }
      },
    },
  });
