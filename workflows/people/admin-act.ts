import {
  continueAsNew,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { AdminActRequest, WaitsAgain } from "../../domain/people/admin-act.ts";
import { instant, minuteMs, secondMs } from "../../domain/time.ts";
import { wakeSubscription } from "../access/calendars.ts";
import { taskQueue, workflowIds } from "../contract/names.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { cancelPayment, ignoreStarted } from "../other-workflows.ts";
import { listenForCheckNow } from "../rest.ts";
import { localDb } from "../steps/people.ts";
import type { SignupWorkflow } from "./newcomer.ts";
import { ofPerson } from "../contract/people.ts";

/** How long hosts may take before the admin is notified which of them do not answer. */
const promptMs = 2 * secondMs;
const firstPauseMs = 5 * secondMs;
/** The longest delay from a host's return to the admin's confirmation. */
const longestPauseMs = 10 * minuteMs;
/** Hosts may be away for months. A new run finds the act booked and its messages written. */
const longestHistoryEvents = 1_000;

/**
 * An admin's act on a customer. Its effects are booked in one transaction; the admin is notified
 * when the hosts have followed, or which of them are away.
 */
export async function adminAct(
  request: AdminActRequest,
  hasWaited = false,
): Promise<"done" | "refused"> {
  const rests = listenForCheckNow();
  const recorded = await localDb.recordAct(request, instant(Date.now()));
  if (recorded.kind === "refused") return "refused";
  const { ref, name, effect, closedOrders = [], waitsAgain } = recorded;
  const done = { name, ...(effect === undefined ? {} : { effect }) };
  let isLate = hasWaited;
  for (const id of closedOrders) await cancelPayment(id);
  if (waitsAgain !== undefined && !hasWaited) await continueSignup(request, waitsAgain);
  if (ref === undefined) {
    await localDb.confirmAct(request, done, []);
    return "done";
  }
  const refs = [ref, ...(recorded.others ?? [])];
  for (const one of refs) await wakeSubscription({ subscriptionId: one.id, ...one });
  let behind = await listBehind(refs, promptMs);
  if (behind.length > 0) {
    needHuman(true, waitsFor(behind));
    await localDb.confirmAct(request, done, behind);
    isLate = true;
    for (
      let pauseMs = firstPauseMs;
      behind.length > 0;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    ) {
      await rests.rest(pauseMs, "until the hosts have followed");
      rests.beginTry();
      behind = await listBehind(refs, 0);
      if (behind.length > 0 && workflowInfo().historyLength > longestHistoryEvents) {
        await continueAsNew<typeof adminAct>(request, true);
      }
    }
    needHuman(false, "All hosts have followed");
  } else if (hasWaited) needHuman(false, "All hosts have followed");
  showStage("done", "Booked, and all hosts have followed");
  await localDb.confirmAct(request, { ...done, isLate }, []);
  return "done";
}

/** The hosts that do not follow the books yet for some of these subscriptions. */
async function listBehind(refs: readonly SubscriptionRef[], waitMs: number): Promise<string[]> {
  const behind = new Set<string>();
  for (const { id } of refs) {
    for (const host of await localDb.listHostsBehind(id, waitMs)) behind.add(host);
  }
  return [...behind];
}

/** A signup that still ends is given this long, several times. */
const signupEndsMs = secondMs;
const mostTries = 5;

/**
 * The customer's signup goes on at its question to the admins. One that runs already leads there by
 * itself, or is about to end.
 */
async function continueSignup(
  { requestId, act: { customer: telegramId } }: AdminActRequest,
  { customerId, policy }: WaitsAgain,
): Promise<void> {
  const newcomer = { telegramId, customerId, policy, requestId };
  for (let tries = 0; tries < mostTries; tries += 1) {
    try {
      await startChild<SignupWorkflow>("signup", {
        workflowId: workflowIds.signup(telegramId),
        args: [telegramId, { newcomer, place: { kind: "approval" } }],
        taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: ofPerson(telegramId),
        staticSummary: `Signup of ${telegramId}`,
      });
      return;
    } catch (error) {
      ignoreStarted(error);
      await sleep(signupEndsMs, { summary: "until the former signup has ended" });
    }
  }
}

/** For operators. A device that no host has room for appears as an empty name. */
function waitsFor(behind: readonly string[]): string {
  const away = behind.filter((host) => host !== "");
  return [
    ...(away.length > 0
      ? [`These hosts are away and follow when they are back: ${away.join(", ")}`]
      : []),
    ...(away.length < behind.length ? ["No host has room for a device"] : []),
  ].join(". ");
}
