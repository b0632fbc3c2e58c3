// A worker that dies by SIGKILL at chosen steps of chosen people's stories, each once.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import type { Context } from "@temporalio/activity";
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";

/** Where a worker dies: before the step's own code runs, or after it has run and before anybody knows. */
export interface Death {
  /** A number that stands in the workflow's id or in the step's arguments; or a word, e.g. a gateway's name. */
  readonly person: number | string;
  readonly activity: string;
  readonly when: "started" | "ended";
}

const folder = process.env["DEATHS"] ?? "";
const deaths = JSON.parse(readFileSync(join(folder, "deaths.json"), "utf8")) as Death[];

function die(death: Death | undefined): void {
  if (death === undefined) return;
  const mark = join(folder, `${death.person}-${death.activity}-${death.when}`);
  if (existsSync(mark)) return;
  writeFileSync(mark, "");
  process.kill(process.pid, "SIGKILL");
}

function inbound(context: Context): ActivityInboundCallsInterceptor {
  const { activityType, workflowExecution } = context.info;
  return {
    async execute(input, next) {
      const about = `${workflowExecution?.workflowId} ${JSON.stringify(input.args)}`;
      const mine = deaths.filter(({ person, activity }) => {
        return activity === activityType && new RegExp(`\\b${person}\\b`, "u").test(about);
      });
      die(mine.find(({ when }) => when === "started"));
      const result: unknown = await next(input);
      die(mine.find(({ when }) => when === "ended"));
      return result;
    },
  };
}

if (import.meta.main) {
  await runProcess(() => startWorker({ activity: [(context) => ({ inbound: inbound(context) })] }));
}
