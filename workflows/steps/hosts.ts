import type { HostChangeRequest, HostChangeResult } from "../../domain/access/host-change.ts";
import type { GiveBackRef, GiveBackStep } from "../../domain/access/maintenance.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import type { HostMigrationRef, HostMigrationStep } from "../../domain/access/host-migration.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of changes of hosts. */
export interface HostChangeSteps {
  /** Books a change of a host with its audit row, once per request. */
  recordHostChange(request: HostChangeRequest, now: Instant): Promise<HostChangeResult>;
  /** Moves the next devices of a host that is emptied, as many as its rate allows. */
  moveFromHost(ref: HostMigrationRef, now: Instant): Promise<HostMigrationStep>;
  /**
   * Gives the next subscriptions the time back that a maintenance has cost them. `woken`: those of
   * the step before whose calendars were woken.
   */
  giveTimeBack(
    ref: GiveBackRef,
    woken: readonly SubscriptionId[],
    now: Instant,
  ): Promise<GiveBackStep>;
}

/** The summaries of the steps above. */
export const summaries: Summaries<HostChangeSteps> = {
  recordHostChange: "books the change of the host and its audit row",
  moveFromHost: "moves the next devices of the host",
  giveTimeBack: "gives time back to the next subscriptions",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<HostChangeSteps>(summaries);
