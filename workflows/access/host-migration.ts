import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import {
  type HostMigrationRef,
  type HostMigrationStep,
  roomPauseMs,
} from "../../domain/access/host-migration.ts";
import { instant, msBetween } from "../../domain/time.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { listenForCheckNow } from "../rest.ts";
import { localDb } from "../steps/hosts.ts";

const longestHistoryEvents = 800;

/**
 * Moves the devices of a host to others, some at a time. All that it knows is in the books: what is
 * moved, what is left, when the next ones are due, and whether it is aborted; so it goes on wherever
 * it was. An abort is booked, and `checkNow` makes it look at once.
 */
export async function hostMigration(
  ref: HostMigrationRef,
  waited: { readonly tries: number } = { tries: 0 },
): Promise<"done" | "aborted"> {
  const rests = listenForCheckNow();
  let { tries } = waited;
  for (;;) {
    rests.beginTry();
    const now = instant(Date.now());
    const step = await localDb.moveFromHost(ref, now);
    show(ref, step, tries > 0);
    if (step.kind === "ended") return step.state;
    tries = step.kind === "waits" ? tries + 1 : 0;
    if (workflowInfo().historyLength > longestHistoryEvents) {
      await continueAsNew<typeof hostMigration>(ref, { tries });
    }
    if (step.kind === "waits") await rests.rest(roomPauseMs(tries), "looks for room again");
    else await rests.rest(Math.max(1, msBetween(now, step.next)), "moves the next devices");
  }
}

function show({ host }: HostMigrationRef, step: HostMigrationStep, hasWaited: boolean): void {
  const { moved } = step;
  switch (step.kind) {
    case "ended":
      if (hasWaited) needHuman(false, `${host}: ${moved} moved`);
      return showStage(step.state, `${host}: ${step.state}, ${moved} moved`);
    case "waits":
      showStage("waiting", `${host}: ${moved} moved, ${step.left} wait for a host with room`);
      return needHuman(true, `${host}: ${step.left} wait: add a host, or widen one`);
    case "moving":
      if (hasWaited) needHuman(false, `${host}: there is room again`);
      return showStage("moving", `${host}: ${moved} moved, ${step.left} left`);
  }
}
