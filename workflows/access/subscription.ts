import {
  allHandlersFinished,
  condition,
  continueAsNew,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { DueCharge } from "../../domain/access/calendar.ts";
import type { DeviceRequest, SubscriptionRef } from "../../domain/access/subscription.ts";
import { instant, msBetween } from "../../domain/time.ts";
import { searchAttributes } from "../contract/names.ts";
import { purchaseOf, savedCardOf, starSubscriptionOf } from "../contract/payments.ts";
import { showStage } from "../operator-view.ts";
import { ignoreStarted } from "../other-workflows.ts";
import { booksChanged, deviceRequested } from "../signals.ts";
import { localDb } from "../steps/access.ts";

const longestHistoryEvents = 1_500;

/** Longer timers are set again: the server's clock may have been wrong for a while. */
const longestWaitMs = 30 * 24 * 60 * 60 * 1_000;

/** Everything that a subscription hands to its next run. Its state is in the database only. */
export interface SubscriptionInput {
  readonly ref: SubscriptionRef;
  readonly requests?: readonly DeviceRequest[];
}

/**
 * The calendar of one subscription: reads the database, writes the notices that are due, sets the
 * next timer. Who may connect is a function of the books, so a late or terminated calendar costs a
 * notice and never access. It ends only when the subscription is revoked.
 */
export async function subscription(input: SubscriptionInput): Promise<"revoked"> {
  const { ref } = input;
  const requests: DeviceRequest[] = [...(input.requests ?? [])];
  const pending = { booksChanged: false };
  const shown = { stage: "", plan: "" };
  setHandler(deviceRequested, (it) => void requests.push(it));
  setHandler(booksChanged, () => void (pending.booksChanged = true));
  for (;;) {
    for (let request = requests.shift(); request; request = requests.shift()) {
      await localDb.handleDeviceRequest(ref, request, instant(Date.now()));
      if (isLong()) await renew(ref, requests);
    }
    pending.booksChanged = false;
    const calendar = await localDb.writeDueNotices(ref, instant(Date.now()));
    show(shown, calendar);
    if (calendar.charge !== undefined) await startCharge(ref, calendar.charge);
    if (calendar.followsStars) await follow("starSubscription", starSubscriptionOf(ref));
    if (calendar.followsCards) await follow("savedCard", savedCardOf(ref));
    if (isLong()) await renew(ref, requests);
    const hasNews = () => requests.length > 0 || pending.booksChanged;
    if (hasNews()) continue;
    if (calendar.state === "revoked") {
      await condition(allHandlersFinished);
      if (!hasNews()) return "revoked";
      continue;
    }
    await waitUntilDue(hasNews, calendar.next);
  }
}

const isLong = (): boolean => workflowInfo().historyLength > longestHistoryEvents;

type CalendarResult = Awaited<ReturnType<typeof localDb.writeDueNotices>>;

/** Sets the search attributes that have changed. */
function show(shown: { stage: string; plan: string }, { state, plan, paidUntil }: CalendarResult) {
  if (shown.plan !== plan) upsertSearchAttributes([{ key: searchAttributes.plan, value: plan }]);
  const until = paidUntil === undefined ? "no time yet" : `paid until ${paidUntil}`;
  if (shown.stage !== `${state}, ${until}`) showStage(state, `${state}, ${until}`);
  Object.assign(shown, { stage: `${state}, ${until}`, plan });
}

/** Starts the payment that renews the subscription; one that was started before goes on. */
async function startCharge(
  ref: SubscriptionRef,
  { id, purchase, price }: DueCharge,
): Promise<void> {
  const options = purchaseOf(id, purchase, { customerId: ref.customerId, price });
  await startChild("payment", {
    ...options,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  }).catch(ignoreStarted);
}

/** What is outside may be away for long: the calendar does not wait for it. */
async function follow(
  workflow: "starSubscription" | "savedCard",
  options: ReturnType<typeof starSubscriptionOf>,
): Promise<void> {
  await startChild(workflow, {
    ...options,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  }).catch(ignoreStarted);
}

async function waitUntilDue(hasNews: () => boolean, next: CalendarResult["next"]): Promise<void> {
  if (next === undefined) return condition(hasNews);
  const waitMs = Math.max(1, msBetween(instant(Date.now()), next));
  const summary = `the calendar is due at ${next}`;
  await condition(hasNews, Math.min(waitMs, longestWaitMs), { summary });
}

/** Starts a new run with a short history, which gets the unhandled requests. */
async function renew(ref: SubscriptionRef, requests: readonly DeviceRequest[]): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof subscription>({ ref, requests });
}
