import { condition, continueAsNew, setHandler, workflowInfo } from "@temporalio/workflow";
import { dayMs, instant } from "../domain/time.ts";
import { checkNow } from "./signals.ts";
import { longSteps, needHuman, showStage } from "./steps.ts";

const longestHistoryEvents = 1_000;

/**
 * Once a day the books are compared with themselves, and with the workflows that serve them: a subscription whose
 * calendar is gone gets one, a calendar without its row is ended. What does not agree needs a person.
 */
export async function audit(): Promise<never> {
  const heard = { checkNow: false };
  setHandler(checkNow, () => void (heard.checkNow = true));
  for (;;) {
    const { disagreements, revived, ended } = await longSteps.auditBooks(instant(Date.now()));
    const details = `${disagreements} disagreements, ${revived} calendars begun, ${ended} ended`;
    showStage(disagreements > 0 ? "disagreements" : "agrees", details);
    needHuman(disagreements > 0, details);
    if (workflowInfo().historyLength > longestHistoryEvents) await continueAsNew<typeof audit>();
    heard.checkNow = false;
    await condition(() => heard.checkNow, dayMs, { summary: "until the next daily audit" });
  }
}
