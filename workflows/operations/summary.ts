import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import { dayMs, instant, msBetween, secondMs } from "../../domain/time.ts";
import { showStage } from "../operator-view.ts";
import { listenForCheckNow } from "../rest.ts";
import { localDb } from "../steps/operations.ts";

const longestHistoryEvents = 1_000;

/**
 * The calendar of the daily summary: writes the one that is due, and sleeps until the next. A change
 * of the shop's settings wakes it by `checkNow`.
 */
export async function summary(): Promise<never> {
  const rests = listenForCheckNow();
  for (;;) {
    rests.beginTry();
    const now = instant(Date.now());
    const next = await localDb.writeSummary(now);
    const details = next === undefined ? "The shop wants no summaries" : `The next: ${next}`;
    showStage(next === undefined ? "off" : "waiting", details);
    if (workflowInfo().historyLength > longestHistoryEvents) await continueAsNew<typeof summary>();
    const restMs = next === undefined ? dayMs : Math.max(secondMs, msBetween(now, next));
    await rests.rest(restMs, "until the next summary");
  }
}
