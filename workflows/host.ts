import { proxyActivities } from "@temporalio/workflow";
import type { HostActivities } from "../activities/host.ts";
import { wellHost } from "../domain/host.ts";
import type { HostId } from "../domain/ids.ts";
import { reconcilerTaskQueue } from "./contract.ts";
const { reconcileHost } = proxyActivities<HostActivities>({
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "30d",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "100ms", maximumInterval: "1s" },
});
export async function host(hostId: HostId): Promise<never> {
  let known = wellHost;
  for (;;) known = await reconcileHost({ hostId, known });
}
