import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import type { HostId } from "../domain/ids.ts";
import type { GatewayName } from "../domain/payment.ts";
import { taskQueue, workflowIds } from "../workflows/contract.ts";
import type { hostReconciliation, reconciliation, traffic } from "../workflows/index.ts";

type Tick = typeof hostReconciliation | typeof traffic | typeof reconciliation;

/** A restarted host has its peers back within one tick. */
const hostsEvery = "20s";
const trafficEvery = "30s";

/** What gateways failed to tell is found within one tick. */
export const paymentsEveryMs = 60_000;

/** Makes sure that every host has its Schedules. One that exists is left as operators may have set it. */
export async function ensureHostSchedules(
  client: Client,
  hosts: readonly { id: HostId; name: string }[],
): Promise<void> {
  for (const { id, name } of hosts) {
    const given = { args: [id], of: name } as const;
    await ensure(client, workflowIds.hostReconciliation(id), {
      type: "hostReconciliation",
      every: hostsEvery,
      ...given,
    });
    await ensure(client, workflowIds.traffic(id), {
      type: "traffic",
      every: trafficEvery,
      ...given,
    });
  }
}

/**
 * Makes sure that every configured gateway's statement is read, by a Schedule that operators can pause, trigger
 * and backfill. One that is configured no longer has none.
 */
export async function ensurePaymentSchedules(
  client: Client,
  given: {
    readonly configured: readonly GatewayName[];
    readonly gatewayNames: readonly GatewayName[];
  },
): Promise<void> {
  for (const name of given.gatewayNames) {
    const scheduleId = workflowIds.reconciliation(name);
    if (given.configured.includes(name)) {
      const every = `${paymentsEveryMs}ms` as const;
      await ensure(client, scheduleId, { type: "reconciliation", every, args: [name], of: name });
    } else {
      await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
    }
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

interface Ticking {
  readonly type: string;
  readonly every: "20s" | "30s" | `${number}ms`;
  readonly args: readonly [HostId] | readonly [GatewayName];
  readonly of: string;
}

async function ensure(
  client: Client,
  scheduleId: string,
  { type, every, args, of }: Ticking,
): Promise<void> {
  const creation = client.schedule.create<Tick>({
    scheduleId,
    spec: { intervals: [{ every }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "1m" },
    action: {
      type: "startWorkflow",
      workflowType: type,
      workflowId: scheduleId,
      args: [...args] as [HostId] & [GatewayName],
      taskQueue,
      staticSummary: `${type} of ${of}`,
    },
  });
  await creation.catch((error: unknown) => {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  });
}
