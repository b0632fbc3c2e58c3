import { type Client, WorkflowIdConflictPolicy } from "@temporalio/client";
import { createReconciliationActivities } from "../activities/reconciliation.ts";
import type { GatewayDirectory } from "../activities/gateway-directory.ts";
import { type PaymentWorkflows, usualPace } from "../activities/reconciliation/ports.ts";
import { Lookups } from "../db/lookups.ts";
import { listen } from "../db/notifications.ts";
import { type Database, queriesOf } from "../db/orm.ts";
import { sql } from "../db/prepared.ts";
import { Quarantine } from "../db/quarantine.ts";
import { Statements } from "../db/statements.ts";
import { Unattended } from "../db/unattended.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { Instant } from "../domain/time.ts";
import { taskQueue, workflowIds } from "../workflows/contract.ts";
import type { gateway } from "../workflows/index.ts";

interface Given {
  readonly database: Database;
  readonly gateways: GatewayDirectory;
  readonly workflows: PaymentWorkflows;
  readonly startedAt: Instant;
  /** Abort it before the worker of the reconcilers' task queue is shut down. */
  readonly shutdown: AbortSignal;
}

/** The loops of all gateways, over the real books. */
export function gatewayReconcilerActivities({ database, ...given }: Given) {
  const { em, url } = database;
  return createReconciliationActivities({
    ...given,
    statements: new Statements(em),
    lookups: new Lookups(em),
    quarantine: new Quarantine(em),
    unattended: new Unattended(em),
    listen: (channels) => listen(url, channels),
    notify: async (channel) => {
      await sql`select pg_notify(${channel}, '')`.execute(queriesOf(em));
    },
    pace: usualPace,
  });
}

/**
 * Starts the reconciler of each configured gateway. One that runs is left as it is, paused or not; one of a gateway
 * that is not configured any more ends by itself.
 */
export async function startGatewayReconcilers(
  client: Client,
  names: readonly GatewayName[],
): Promise<void> {
  for (const name of names) {
    await client.workflow.start<typeof gateway>("gateway", {
      taskQueue,
      workflowId: workflowIds.gateway(name),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      args: [name],
      staticSummary: `Keeps ${name} equal to the books`,
    });
  }
}
