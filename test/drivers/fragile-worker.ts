// A worker that kills itself with SIGKILL at chosen steps for chosen people, once each.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import { runProcess } from "../../runtime/process.ts";
import { startWorker } from "../../workers/worker.ts";

/**
 * Where a worker dies: before the step's code runs, or after it has run and before Temporal knows.
 */
export interface Death {
  /** A number or word, e.g. a gateway's name, in the workflow's id or in the step's arguments. */
  readonly person: number | string;
  readonly activity: string;
  readonly when: "started" | "ended";
}

/** The name of the file that exists once a death has happened. */
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
      const planned = deaths.filter(({ person, activity }) => {
        return activity === activityType && new RegExp(`\\b${person}\\b`, "u").test(about);
      });
      const dieAtItsEnd = () => die(planned.find(({ when }) => when === "ended"));
      die(planned.find(({ when }) => when === "started"));
      try {
        const result: unknown = await next(input);
        dieAtItsEnd();
        return result;
      } catch (error) {
        // The loops of paused reconcilers end like this.
        if (error instanceof CancelledFailure) dieAtItsEnd();
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
