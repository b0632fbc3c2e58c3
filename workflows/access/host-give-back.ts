import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import type { GiveBackRef, GiveBackStep } from "../../domain/access/maintenance.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import { instant } from "../../domain/time.ts";
import { showStage } from "../operator-view.ts";
import { localDb } from "../steps/hosts.ts";
import { wakeSubscription } from "./calendars.ts";

const longestHistoryEvents = 800;

/**
 * Gives the time back that a host's maintenance has cost, some subscriptions at a time. Who has got
 * theirs, and whose calendar is still to be woken, is in the books, so that it goes on wherever it
 * was.
 */
export async function hostGiveBack(
  ref: GiveBackRef,
  before: { readonly woken: readonly SubscriptionId[] } = { woken: [] },
): Promise<"done"> {
  let { woken } = before;
  for (;;) {
    const step = await localDb.giveTimeBack(ref, woken, instant(Date.now()));
    show(ref, step);
    if (step.kind === "ended") return "done";
    for (const one of step.wake) await wakeSubscription({ subscriptionId: one.id, ...one });
    woken = step.wake.map(({ id }) => id);
    if (workflowInfo().historyLength > longestHistoryEvents) {
      await continueAsNew<typeof hostGiveBack>(ref, { woken });
    }
  }
}

function show({ host }: GiveBackRef, step: GiveBackStep): void {
  const done = `${host}: ${step.handled} looked at, ${step.given} given time`;
  if (step.kind === "ended") return showStage("done", done);
  showStage("giving", `${done}, ${step.left} left`);
}
