import { ActivityFailure, continueAsNew, workflowInfo } from "@temporalio/workflow";
import { dayMs, instant, minuteMs } from "../../domain/time.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { listenForCheckNow } from "../rest.ts";
import { longRead } from "../steps/operations.ts";

const longestHistoryEvents = 1_000;

/** One failure may be a short outage of the database; two in a row need a person. */
const failuresForHuman = 2;
const failing = "The books cannot be compared: the worker's log says why";

/**
 * Once a day checks the books for contradictions, and compares them with the running calendars: a
 * subscription without one gets one, a calendar without a subscription is ended. Contradictions
 * need a person, and so does an audit that keeps failing.
 */
export async function audit(): Promise<never> {
  const rests = listenForCheckNow();
  for (let failures = 0; ;) {
    rests.beginTry();
    failures = (await compare()) ? 0 : failures + 1;
    if (failures >= failuresForHuman) {
      showStage("failing", failing);
      needHuman(true, failing);
    }
    if (workflowInfo().historyLength > longestHistoryEvents) await continueAsNew<typeof audit>();
    await rests.rest(restMsAfter(failures), "until the next audit");
  }
}

/** The rest before the next audit, after this many failures in a row. */
function restMsAfter(failures: number): number {
  if (failures === 0) return dayMs;
  return failures < failuresForHuman ? minuteMs : 10 * minuteMs;
}

/** False: the audit failed. */
async function compare(): Promise<boolean> {
  try {
    const { disagreements, revived, ended } = await longRead.auditBooks(instant(Date.now()));
    const details = `${disagreements} disagreements, ${revived} calendars begun, ${ended} ended`;
    showStage(disagreements > 0 ? "disagreements" : "agrees", details);
    needHuman(disagreements > 0, details);
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return false;
  }
}
