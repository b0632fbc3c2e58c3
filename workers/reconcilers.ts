import type { Context } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import type { DurableClient } from "../client/durable.ts";
import { ensureReconcilers, type ReconcilerTargets } from "../client/reconcilers.ts";
import { minuteMs } from "../domain/time.ts";
import type { Logger } from "../runtime/log.ts";

export interface ReconcilerKeeper {
  /** Looks now. */
  readonly look: () => Promise<void>;
  readonly end: () => void;
}

/**
 * Looks every minute, and whenever it is told to, that each reconciler runs, and begins those that do not: one that
 * somebody has ended, or that Temporal does not know because it was set back, must not stay away until a worker
 * starts. One that runs has no event of it. Resolves when all run.
 * @throws Error when Temporal is away at first; later that is logged.
 */
export async function keepReconcilers(
  client: DurableClient,
  reconciled: ReconcilerTargets,
  log: Logger,
  everyMs = minuteMs,
): Promise<ReconcilerKeeper> {
  await ensureReconcilers(client, reconciled);
  const look = () =>
    ensureReconcilers(client, reconciled).catch((error: unknown) => {
      log.warn({ reason: String(error) }, "it could not be seen whether all reconcilers run");
    });
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return { look, end: () => clearInterval(timer) };
}

/**
 * Calls `lost` when a loop ends because Temporal does not know it any more: its workflow was ended, or is back at an
 * older point. A loop hears of that with the answer to its next heartbeat, in about two seconds.
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
