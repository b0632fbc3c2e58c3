import { allowRemovals, askForComparison } from "../../db/access/hosts.ts";
import { queriesOf } from "../../db/orm.ts";
import type { HostCondition } from "../../domain/access/host.ts";
import { minuteMs } from "../../domain/time.ts";
import type { HostLoopInput, HostSteps } from "../../workflows/steps/reconcilers.ts";
import { type LoopPorts, runEndlessLoop } from "../endless-loop.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import { keepHost, type HostLoopPorts } from "./host-loop.ts";

/** What the steps of hosts' reconcilers work with. */
export interface HostPorts extends HostLoopPorts, LoopPorts {}

/**
 * A loop that makes no step for this long hangs:
 * it stops its heartbeat, and another one takes over.
 */
const longestStepMs = 3 * minuteMs;

/** The activities of hosts' reconcilers. */
export function createHostActivities(ports: HostPorts): HostSteps {
  const db = () => queriesOf(ports.em.fork());
  return {
    reconcileHost: (input) => runEndlessLoop(ports, (signal) => follow(ports, input, signal)),
    checkHost: (id) => askForComparison(db(), id),
    allowRemovals: (id, count) => allowRemovals(db(), id, count),
  };
}

function follow(
  ports: HostPorts,
  input: HostLoopInput,
  signal: AbortSignal,
): Promise<HostCondition> {
  let steppedAt = performance.now();
  const checkpoint = () => {
    steppedAt = performance.now();
    signal.throwIfAborted();
  };
  const isAlive = () => performance.now() - steppedAt < longestStepMs;
  return workWithHeartbeats(() => keepHost(ports, input, { signal, checkpoint }), { isAlive });
}
