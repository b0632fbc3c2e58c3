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
  /**
   * Only at the order by which the calendar renews this person's plan. Its id follows from the end
   * of the plan, so it is named while the product runs, by `nameRenewal`.
   */
  readonly at?: "renewal";
}

/** The name of the file that exists once a death has happened. */
export const fileNameOf = ({ person, activity, when, at }: Death): string =>
  [person, activity, when, ...(at === undefined ? [] : [at])].join("-");

/** Names the order by which a person's plan is renewed next, in the folder of the deaths. */
export const nameRenewal = (deaths: string, person: number, id: string): void =>
  writeFileSync(renewalFile(deaths, person), id);

const renewalFile = (deaths: string, person: Death["person"]): string =>
  join(deaths, `renewal-of-${person}`);

/** The word by which a step is known to be a death's; undefined: it is not named yet. */
function wordOf({ person, at }: Death): string | undefined {
  if (at === undefined) return String(person);
  const file = renewalFile(folder, person);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

const folder = process.env["DEATHS"] ?? "";

/**
 * How long a step is held where it shall die, so that others reach the places where they shall: one
 * kill is the death of all of them, and starting a worker again takes most of a test's time. Steps
 * time out after 10 s.
 */
const gatherMs = 5_000;

/** The marks of the deaths whose steps are held. */
const gathered = new Set<string>();

/** Holds the step here until the worker is killed; returns where it has died this death before. */
async function die(death: Death | undefined): Promise<void> {
  if (death === undefined) return;
  const mark = join(folder, fileNameOf(death));
  if (existsSync(mark)) return;
  if (gathered.size === 0) setTimeout(killNow, gatherMs);
  gathered.add(mark);
  await new Promise(() => undefined);
}

function killNow(): void {
  for (const mark of gathered) writeFileSync(mark, "");
  process.kill(process.pid, "SIGKILL");
}

function inbound(context: Context, deaths: readonly Death[]): ActivityInboundCallsInterceptor {
  const { activityType, workflowExecution } = context.info;
  return {
    async execute(input, next) {
      const about = `${workflowExecution?.workflowId} ${JSON.stringify(input.args)}`;
      const planned = deaths.filter((death) => {
        if (death.activity !== activityType) return false;
        const word = wordOf(death);
        return word !== undefined && new RegExp(`\\b${word}\\b`, "u").test(about);
      });
      const dieAtItsEnd = () => die(planned.find(({ when }) => when === "ended"));
      await die(planned.find(({ when }) => when === "started"));
      try {
        const result: unknown = await next(input);
        await dieAtItsEnd();
        return result;
      } catch (error) {
        // The loops of paused reconcilers end like this.
        if (error instanceof CancelledFailure) await dieAtItsEnd();
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
