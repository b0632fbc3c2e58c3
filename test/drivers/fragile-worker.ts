// A worker that dies by SIGKILL at chosen steps of chosen people's stories, each once.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";

/** Where a worker dies: before the step's own code runs, or after it has run and before anybody knows. */
export interface Death {
  /** A number that stands in the workflow's id or in the step's arguments; or a word, e.g. a gateway's name. */
  readonly person: number | string;
  readonly activity: string;
  readonly when: "started" | "ended";
}

/** The file that says that a death has been died. */
export const fileNameOf = ({ person, activity, when }: Death): string =>
  `${person}-${activity}-${when}`;

const folder = process.env["DEATHS"] ?? "";

function die(death: Death | undefined): void {
  if (death === undefined) return;
  const mark = join(folder, fileNameOf(death));
  if (existsSync(mark)) return;
  writeFileSync(mark, "");
  process.kill(process.pid, "SIGKILL");
}

function inbound(context: Context, deaths: readonly Death[]): ActivityInboundCallsInterceptor {
  const { activityType, workflowExecution } = context.info;
  return {
    async execute(input, next) {
      const about = `${workflowExecution?.workflowId} ${JSON.stringify(input.args)}`;
      const mine = deaths.filter(({ person, activity }) => {
        return activity === activityType && new RegExp(`\\b${person}\\b`, "u").test(about);
      });
      const atItsEnd = () => die(mine.find(({ when }) => when === "ended"));
      die(mine.find(({ when }) => when === "started"));
      try {
        const result: unknown = await next(input);
        atItsEnd();
        return result;
      } catch (error) {
        // So end the loops of reconcilers that are paused.
        if (error instanceof CancelledFailure) atItsEnd();
        throw error;
      }
    },
  };
}

if (import.meta.main) {
  const deaths = JSON.parse(readFileSync(join(folder, "deaths.json"), "utf8")) as Death[];
  await runProcess(() =>
    startWorker({ activity: [(context) => ({ inbound: inbound(context, deaths) })] }),
  );
}
