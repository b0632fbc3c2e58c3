import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from "@temporalio/client";
import type { HostId } from "../domain/ids.ts";
import { taskQueue, workflowIds } from "../workflows/contract.ts";
import type { hostReconciliation, traffic } from "../workflows/index.ts";

type Tick = typeof hostReconciliation | typeof traffic;

/** A restarted host has its peers back within one tick. */
const reconciliationEvery = "20s";
const trafficEvery = "30s";

/** Makes sure that every host has its Schedules. One that exists is left as operators may have set it. */
export async function ensureSchedules(
  client: Client,
  hosts: readonly { id: HostId; name: string }[],
) {
  for (const { id, name } of hosts) {
    const reconciliation = { type: "hostReconciliation", every: reconciliationEvery } as const;
    await ensure(client, workflowIds.hostReconciliation(id), { ...reconciliation, id, name });
    await ensure(client, workflowIds.traffic(id), {
      type: "traffic",
      every: trafficEvery,
      id,
      name,
    });
  }
}

async function ensure(
  client: Client,
  scheduleId: string,
  { type, every, id, name }: { type: string; every: "20s" | "30s"; id: HostId; name: string },
): Promise<void> {
  const creation = client.schedule.create<Tick>({
    scheduleId,
    spec: { intervals: [{ every }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "1m" },
    action: {
      type: "startWorkflow",
      workflowType: type,
      workflowId: scheduleId,
      args: [id],
      taskQueue,
      staticSummary: `${type} of ${name}`,
    },
  });
  await creation.catch((error: unknown) => {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  });
}
