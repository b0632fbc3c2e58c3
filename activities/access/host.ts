import { ApplicationFailure, Context } from "@temporalio/activity";
import { allowRemovals, askForComparison } from "../../db/access/hosts.ts";
import { queriesOf } from "../../db/orm.ts";
import type { HostCondition } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { minuteMs } from "../../domain/time.ts";
import type { HostLoopInput, HostSteps } from "../../workflows/steps/reconcilers.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import { followHost, type HostLoopPorts } from "./host-loop.ts";

export interface HostPorts extends HostLoopPorts {
  /**
   * Aborted when this process is about to end, before its workers are shut down, so that
   * others take over at once.
   */
  readonly stopping: AbortSignal;
}

/**
 * A loop that makes no step for this long hangs: it stops its heartbeat, and
 * another one takes over.
 */
const longestStepMs = 3 * minuteMs;

/** The activities of hosts' reconcilers. */
export function createHostActivities(ports: HostPorts): HostSteps {
  const db = () => queriesOf(ports.em.fork());
  return {
    /**
     * Keeps a host equal to the books until its condition differs from the known one.
     * @throws ApplicationFailure (retryable) when this process ends.
     */
    async reconcileHost(input: HostLoopInput): Promise<HostCondition> {
      const context = Context.current();
      const { cancellationSignal: cancelled } = context;
      const signal = AbortSignal.any([cancelled, ports.stopping]);
      let steppedAt = performance.now();
      const checkpoint = () => {
        steppedAt = performance.now();
        if (signal.aborted) throw ApplicationFailure.retryable("this process ends", "HandedOver");
      };
      const isAlive = () => performance.now() - steppedAt < longestStepMs;
      try {
        return await workWithHeartbeats(
          () => followHost(ports, input, { signal, checkpoint }),
          isAlive,
        );
      } catch (error) {
        if (cancelled.aborted) return await context.cancelled;
        throw error;
      }
    },

    /** Starts a full comparison of the host now. */
    checkHost: (id: HostId): Promise<void> => askForComparison(db(), id),

    /** Permits one full comparison to remove `count` peers. */
    allowRemovals: (id: HostId, count: number): Promise<void> => allowRemovals(db(), id, count),
  };
}
