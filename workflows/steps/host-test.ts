import { proxyActivities } from "@temporalio/workflow";
import type { AdoptionRequest, AdoptionResult } from "../../domain/access/adoption.ts";
import type { DriftAnswer } from "../../domain/access/drift.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostId } from "../../domain/ids.ts";
import { reconcilerTaskQueue } from "../contract/names.ts";

/** The steps of tests of hosts. */
export interface HostTestSteps {
  /** Asks a host what is wrong with it; undefined: it does not exist. */
  testHost(id: HostId): Promise<HostReport | undefined>;
  /** Asks a host how it differs from the books; a host that does not answer is an answer, too. */
  inspectDrift(id: HostId): Promise<DriftAnswer>;
  /** Takes users of a host over, one transaction each; whoever was taken over before stays so. */
  adoptUsers(request: AdoptionRequest): Promise<AdoptionResult>;
}

/** Somebody waits for the answer, which is a report also when the host does not answer. */
export const { testHost } = proxyActivities<HostTestSteps>({
  summary: "asks the host what is wrong with it",
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "60s",
  retry: { initialInterval: "500ms", maximumAttempts: 2 },
});

/** A large panel works for twenty seconds to list its users, and a busy one for longer. */
export const { inspectDrift } = proxyActivities<HostTestSteps>({
  summary: "compares the host with the books, and changes nothing",
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "180s",
  retry: { initialInterval: "500ms", maximumAttempts: 2 },
});

/** Each user is taken over once, so that a repeat goes on where it was. */
export const { adoptUsers } = proxyActivities<HostTestSteps>({
  summary: "takes users of the host over",
  taskQueue: reconcilerTaskQueue,
  startToCloseTimeout: "1 hour",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "500ms", maximumAttempts: 5 },
});
