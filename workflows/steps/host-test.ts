import { proxyActivities } from "@temporalio/workflow";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostId } from "../../domain/ids.ts";
import { reconcilerTaskQueue } from "../contract/names.ts";

/** The step of tests of hosts. */
export interface HostTestSteps {
  /** Asks a host what is wrong with it; undefined: it does not exist. */
  testHost(id: HostId): Promise<HostReport | undefined>;
}

/** Somebody waits for the answer, which is a report also when the host does not answer. */
export const { testHost } = proxyActivities<HostTestSteps>({
  summary: "asks the host what is wrong with it",
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "60s",
  retry: { initialInterval: "500ms", maximumAttempts: 2 },
});
