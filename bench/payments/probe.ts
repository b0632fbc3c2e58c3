import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import type { Context } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor, WorkerInterceptors } from "@temporalio/worker";
import { Client } from "pg";
import { nowMs, type Step } from "./told.ts";

const running = new AsyncLocalStorage<{ statements: number }>();

function inbound({ info }: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const begunMs = nowMs();
      const sent = { statements: 0 };
      let failed = true;
      try {
        const result: unknown = await running.run(sent, () => next(input));
        failed = false;
        return result;
      } finally {
        const endedMs = nowMs();
        const { activityType: step, workflowExecution } = info;
        const workflowId = workflowExecution?.workflowId ?? "";
        const tookMs = endedMs - begunMs;
        const told: Step = { step, workflowId, endedMs, tookMs, ...sent, failed };
        process.stdout.write(`${JSON.stringify(told)}\n`);
      }
    },
  };
}

/** Tells of each step how long it took. Both sides have it, so that it costs both the same. */
export const probe: WorkerInterceptors = {
  activity: [(context) => ({ inbound: inbound(context) })],
  workflowModules: [fileURLToPath(new URL("./waits.ts", import.meta.url))],
};

/** From now on each statement that this process sends is counted for the step that sends it. */
export function countStatements(): void {
  const { prototype } = Client;
  const ask = Reflect.get(prototype, "query") as (...given: unknown[]) => unknown;
  const counted = function (this: Client, ...given: unknown[]): unknown {
    const sent = running.getStore();
    if (sent !== undefined) sent.statements += 1;
    return ask.apply(this, given);
  };
  Reflect.set(prototype, "query", counted);
}
