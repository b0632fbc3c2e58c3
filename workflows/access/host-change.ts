import { getExternalWorkflowHandle } from "@temporalio/workflow";
import type { HostChangeRequest, HostChangeResult } from "../../domain/access/host-change.ts";
import type { DriftAnswer } from "../../domain/access/drift.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant } from "../../domain/time.ts";
import { workflowIds } from "../contract/names.ts";
import { signalWorkflow } from "../other-workflows.ts";
import { resume } from "../signals.ts";
import { localDb } from "../steps/hosts.ts";
import { inspectDrift, testHost } from "../steps/host-test.ts";

/** One change of a host, booked once; its result tells the effect. */
export async function hostChange(request: HostChangeRequest): Promise<HostChangeResult> {
  const result = await localDb.recordHostChange(request, instant(Date.now()));
  const { change } = request;
  if (change.kind === "remove" && result.kind !== "refused") {
    // A reconciler that is paused would not see that its host is gone.
    const reconciler = getExternalWorkflowHandle(workflowIds.host(change.hostId));
    await signalWorkflow(reconciler.signal(resume), "the host is removed");
  }
  return result;
}

/** Asks a host now what is wrong with it; undefined: it does not exist. */
export async function hostTest(id: HostId): Promise<HostReport | undefined> {
  return testHost(id);
}

/** Asks a host how it differs from the books, and changes nothing. */
export async function hostDrift(id: HostId): Promise<DriftAnswer> {
  return inspectDrift(id);
}
