import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import type { Context } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor, WorkerInterceptors } from "@temporalio/worker";
import { Client } from "pg";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { chatOf, nowMs, type Step } from "./step.ts";

const currentStep = new AsyncLocalStorage<{ statements: number }>();

const logStep = (step: Step): void => void process.stdout.write(`${JSON.stringify(step)}\n`);

function inbound({ info }: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const begunMs = nowMs();
      const sent = { statements: 0 };
      let failed = true;
      try {
        const result: unknown = await currentStep.run(sent, () => next(input));
        failed = false;
        return result;
      } finally {
        const endedMs = nowMs();
        const { activityType: step, workflowExecution } = info;
        const workflowId = workflowExecution?.workflowId ?? "";
        const tookMs = endedMs - begunMs;
        logStep({ step, workflowId, endedMs, tookMs, ...sent, failed });
      }
    },
  };
}

/** Logs each step and how long it took. Both sides use it, so that it costs both the same. */
export const probe: WorkerInterceptors = {
  activity: [(context) => ({ inbound: inbound(context) })],
  workflowModules: [fileURLToPath(new URL("./waits.ts", import.meta.url))],
};

/** Makes this process count each statement for the step that sends it. */
export function countStatements(): void {
  const { prototype } = Client;
  const query = Reflect.get(prototype, "query") as (...args: unknown[]) => unknown;
  const countingQuery = function (this: Client, ...args: unknown[]): unknown {
    const sent = currentStep.getStore();
    if (sent !== undefined) sent.statements += 1;
    return query.apply(this, args);
  };
  Reflect.set(prototype, "query", countingQuery);
}

/**
 * Makes this process log, as a step of the chat, when Telegram has accepted a message or an edit.
 */
export function logMessages(): void {
  const { prototype } = TelegramMessenger;
  for (const step of ["send", "edit"] as const) {
    const call = prototype[step] as (chat: number, ...args: unknown[]) => Promise<unknown>;
    const loggingCall = async function (this: TelegramMessenger, chat: number, ...args: unknown[]) {
      const begunMs = nowMs();
      const answer = await call.call(this, chat, ...args);
      const endedMs = nowMs();
      const tookMs = endedMs - begunMs;
      logStep({ step, workflowId: chatOf(chat), endedMs, tookMs, statements: 0, failed: false });
      return answer;
    };
    Reflect.set(prototype, step, loggingCall);
  }
}
