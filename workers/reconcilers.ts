import type { Client } from "@temporalio/client";
import { ensureReconcilers, type Reconciled } from "../client/reconcilers.ts";
import { minuteMs } from "../domain/time.ts";
import type { Logger } from "../runtime/log.ts";

/**
 * Looks every minute that each reconciler runs, and begins those that do not: one that somebody has ended, or that
 * Temporal does not know because it was set back, must not stay away until a worker starts. One that runs has no
 * event of it. Resolves when all run; call what it gives to end the looking.
 * @throws Error when Temporal is away at first; later that is logged.
 */
export async function keepReconcilers(
  client: Client,
  reconciled: Reconciled,
  log: Logger,
  everyMs = minuteMs,
): Promise<() => void> {
  await ensureReconcilers(client, reconciled);
  const look = () =>
    ensureReconcilers(client, reconciled).catch((error: unknown) => {
      log.warn({ reason: String(error) }, "it could not be seen whether all reconcilers run");
    });
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
