import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from "@temporalio/workflow";
import type { HostChangeRequest, HostChangeResult } from "../../domain/access/host-change.ts";
import type { AdoptionRequest, AdoptionResult } from "../../domain/access/adoption.ts";
import type { DriftAnswer } from "../../domain/access/drift.ts";
import type { HostMigrationRef } from "../../domain/access/host-migration.ts";
import type { GiveBackRef } from "../../domain/access/maintenance.ts";
import type { HostReport } from "../../domain/access/host-report.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../contract/names.ts";
import { ignoreStarted, signalWorkflow } from "../other-workflows.ts";
import { checkNow, resume } from "../signals.ts";
import { localDb } from "../steps/hosts.ts";
import { adoptUsers, inspectDrift, testHost } from "../steps/host-test.ts";

/** One change of a host, booked once; its result tells the effect. */
export async function hostChange(request: HostChangeRequest): Promise<HostChangeResult> {
  const result = await localDb.recordHostChange(request, instant(Date.now()));
  const { change } = request;
  if (result.kind === "refused") return result;
  if (change.kind === "remove" || change.kind === "lose") {
    // A reconciler that is paused would not see that its host is gone.
    const reconciler = getExternalWorkflowHandle(workflowIds.host(change.hostId));
    await signalWorkflow(reconciler.signal(resume), "the host is removed");
  }
  if (result.migration !== undefined) await moveDevices(result.migration);
  if (result.giveBack !== undefined) await giveTimeBack(result.giveBack);
  return result;
}

/** Starts to give back what a maintenance has cost; what goes on, goes on by itself. */
async function giveTimeBack(ref: GiveBackRef): Promise<void> {
  await startChild("hostGiveBack", {
    workflowId: workflowIds.hostGiveBack(ref.maintenanceId),
    args: [ref],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Gives back the time that the maintenance of ${ref.host} has cost`,
    typedSearchAttributes: [{ key: searchAttributes.host, value: ref.hostId as string }],
  }).catch(ignoreStarted);
}

/** Starts the migration, or makes one that goes on look at the books now. */
async function moveDevices(ref: HostMigrationRef): Promise<void> {
  const workflowId = workflowIds.hostMigration(ref.migrationId);
  await startChild("hostMigration", {
    workflowId,
    args: [ref],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Moves the devices of ${ref.host} to other hosts`,
    typedSearchAttributes: [{ key: searchAttributes.host, value: ref.hostId as string }],
  }).catch(ignoreStarted);
  const migration = getExternalWorkflowHandle(workflowId);
  await signalWorkflow(migration.signal(checkNow), "the migration has ended");
}

/** Asks a host now what is wrong with it; undefined: it does not exist. */
export async function hostTest(id: HostId): Promise<HostReport | undefined> {
  return testHost(id);
}

/** Asks a host how it differs from the books, and changes nothing. */
export async function hostDrift(id: HostId): Promise<DriftAnswer> {
  return inspectDrift(id);
}

/** Takes users of a host over, as an operator has asked; its result says what became of each. */
export async function hostAdoption(request: AdoptionRequest): Promise<AdoptionResult> {
  return adoptUsers(request);
}
