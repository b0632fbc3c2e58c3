import { ApplicationFailure, Context } from "@temporalio/activity";
import { allowRemovals, askForComparison } from "../../db/access/hosts.ts";
import { queriesOf } from "../../db/orm.ts";
import type { HostCondition } from "../../domain/access/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { minuteMs } from "../../domain/time.ts";
import { beating } from "../heart.ts";
import { followHost, type HostLoopInput, type HostLoopPorts } from "./host-loop.ts";

export interface HostPorts extends HostLoopPorts {
  /** Aborted when this process is about to end, before its workers are shut down: others take over at once. */
  readonly stopping: AbortSignal;
}

export type HostActivities = ReturnType<typeof createHostActivities>;

/** A loop that has made no step for so long hangs: it beats no more, and another one takes over. */
const longestStepMs = 3 * minuteMs;

export function createHostActivities(ports: HostPorts) {
  const db = () => queriesOf(ports.em.fork());
  return {
    /** Keeps a host equal to the books; ends when its condition is another one than was known. */
    async reconcileHost(input: HostLoopInput): Promise<HostCondition> {
      const context = Context.current();
      const { cancellationSignal: cancelled } = context;
      const signal = AbortSignal.any([cancelled, ports.stopping]);
      let steppedAt = performance.now();
      const goOn = () => {
        steppedAt = performance.now();
        if (signal.aborted) throw ApplicationFailure.retryable("this process ends", "HandedOver");
      };
      const isAlive = () => performance.now() - steppedAt < longestStepMs;
      try {
        return await beating(() => followHost(ports, input, { signal, goOn }), isAlive);
      } catch (error) {
        if (cancelled.aborted) return await context.cancelled;
        throw error;
      }
    },

    /** Has the host compared whole, now. */
    checkHost: (id: HostId): Promise<void> => askForComparison(db(), id),

    /** Lets one full comparison take so many peers off a host. */
    allowRemovals: (id: HostId, count: number): Promise<void> => allowRemovals(db(), id, count),
  };
}
