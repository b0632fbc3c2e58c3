import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import type { Context } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor, WorkerInterceptors } from "@temporalio/worker";
import { Client } from "pg";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { chatOf, nowMs, type Step } from "./told.ts";

const running = new AsyncLocalStorage<{ statements: number }>();

const tell = (step: Step): void => void process.stdout.write(`${JSON.stringify(step)}\n`);

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
        tell({ step, workflowId, endedMs, tookMs, ...sent, failed });
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

/** From now on it is told when Telegram has taken a message or a change: as a step of the chat. */
export function tellOfMessages(): void {
  const { prototype } = TelegramMessenger;
  for (const step of ["send", "edit"] as const) {
    const call = prototype[step] as (chat: number, ...given: unknown[]) => Promise<unknown>;
    const told = async function (this: TelegramMessenger, chat: number, ...given: unknown[]) {
      const begunMs = nowMs();
      const answer = await call.call(this, chat, ...given);
      const endedMs = nowMs();
      const tookMs = endedMs - begunMs;
      tell({ step, workflowId: chatOf(chat), endedMs, tookMs, statements: 0, failed: false });
      return answer;
    };
    Reflect.set(prototype, step, told);
  }
}
