import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { type AdminChange, nextEvent, type TimeChange } from "../domain/subscription.ts";
import { addMs, instant, msBetween, toMs } from "../domain/time.ts";
import { searchAttributes } from "./contract.ts";

import { firstKeys, handleDeviceRequest } from "./subscription-devices.ts";
import {
  begin,
  type BookedTime,
  booksOf,
  enter,
  inTurn,
  type Life,
  moveTo,
  stateNow,
  type SubscriptionInput,
} from "./subscription-life.ts";
import { adminChanged, deviceRequested, quotaReached, timeChanged } from "./signals.ts";
import { promptSteps, steps } from "./steps.ts";

const longestHistoryEvents = 1_500;

const isLong = (): boolean => workflowInfo().historyLength > longestHistoryEvents;

/**
 * Makes the hosts match the books, then waits for an admin, a wish about devices or the calendar. It outlives
 * its paid time and ends only when revoked, so that whoever brings time finds it.
 */
export async function subscription(input: SubscriptionInput): Promise<"revoked"> {
  const life = begin(input);
  setHandler(deviceRequested, (it) => void life.requests.push(it));
  setHandler(adminChanged, (it) => void life.changes.push(it));
  setHandler(timeChanged, (it) => bookTime(life, it));
  setHandler(quotaReached, () => void (life.quotaHeard = true));
  const { customerId } = input.ref;
  upsertSearchAttributes([
    { key: searchAttributes.customerId, value: customerId },
    { key: searchAttributes.plan, value: life.plan },
  ]);
  if (input.carried === undefined) await open(life);
  for (;;) {
    await workOff(life);
    if (life.state === "revoked") return "revoked";
    if (isLong()) await renew(life);
    await untilSomething(life);
  }
}

/** The first run: the trial's time, if there is one, and the first device. */
async function open(life: Life): Promise<void> {
  const { ref, trialDays } = life.input;
  const now = instant(Date.now());
  if (trialDays > 0) {
    const cause = `trial/${ref.id}`;
    const trial = { cause, kind: "trial", days: trialDays } as const;
    await inTurn(life, async () => ({ until: await promptSteps.grantTime(ref, trial, now) }));
  }
  await enter(life, stateNow(life));
  const { paidUntil } = life;
  if (paidUntil === undefined) {
    return void (await steps.tell(ref.telegramId, { kind: "approvedWithoutTime" }));
  }
  await steps.tell(ref.telegramId, { kind: "approvedWithTrial", until: paidUntil });
  await firstKeys(ref);
}

/** What was heard, one after the other, then what the calendar says. A long history is left at once. */
async function workOff(life: Life): Promise<void> {
  const { changes, requests, times } = life;
  const { ref } = life.input;
  while (heardSomething(life) && !isLong()) {
    // Whoever has paid waits for nobody.
    const time = times.shift();
    if (time !== undefined) {
      await applyTime(life, time);
      continue;
    }
    if (life.quotaHeard) {
      await pauseIfUsedUp(life);
      continue;
    }
    const change = changes.shift();
    if (change !== undefined) {
      await applyChange(life, change);
      continue;
    }
    const request = requests.shift();
    if (request !== undefined) await handleDeviceRequest(ref, request);
  }
  await followCalendar(life);
}

const heardSomething = ({ changes, requests, times, quotaHeard }: Life): boolean =>
  changes.length + requests.length + times.length > 0 || quotaHeard;

/** The books decide: time that was given meanwhile has brought new traffic. */
async function pauseIfUsedUp(life: Life): Promise<void> {
  const { ref } = life.input;
  life.quotaHeard = false;
  life.exhausted = await promptSteps.isUsedUp(ref);
  await moveTo(life, stateNow(life));
  if (life.state !== "exhausted") return;
  const until = life.paidUntil ?? instant(Date.now());
  await steps.tell(ref.telegramId, { kind: "trafficUsedUp", until });
}

/** Into the books at once: whoever has paid waits for no host and no request before theirs. */
async function bookTime(life: Life, change: TimeChange): Promise<void> {
  const { ref } = life.input;
  const now = instant(Date.now());
  life.changedTimes += 1;
  // The clock of a step that is repeated after a crash is another one: it is known by its place in the run.
  const step = `${workflowInfo().runId}/${life.changedTimes}`;
  const granted = await inTurn(life, () => promptSteps.changeTime(ref, change, { step, now }));
  if (granted.isNew) life.times.push({ change, granted });
}

/** What is booked reaches the hosts, then the customer. */
async function applyTime(life: Life, { change, granted }: BookedTime): Promise<void> {
  const { ref } = life.input;
  if (granted.plan !== life.plan) {
    life.plan = granted.plan;
    upsertSearchAttributes([{ key: searchAttributes.plan, value: life.plan }]);
  }
  const isBought = change.grant.kind === "payment";
  const gives = granted.days > 0;
  if (gives) [life.since, life.exhausted] = [instant(Date.now()), false];
  await moveTo(life, stateNow(life));
  setCurrentDetails(`${life.state}, paid until ${granted.until}`);
  if (!change.quiet) {
    const kind = !gives ? "timeTakenBack" : isBought ? "timePaid" : "timeGiven";
    await steps.tell(ref.telegramId, { kind, until: granted.until });
  }
  if (gives) await firstKeys(ref);
}

async function applyChange(life: Life, change: AdminChange): Promise<void> {
  const { ref } = life.input;
  switch (change.kind) {
    case "extend": {
      const now = instant(Date.now());
      const grant = { cause: change.actId, kind: "admin", days: change.days } as const;
      const { until } = await inTurn(life, async () => ({
        until: await promptSteps.grantTime(ref, grant, now),
      }));
      [life.since, life.exhausted] = [now, false];
      await moveTo(life, stateNow(life));
      await steps.tell(ref.telegramId, { kind: "timeGiven", until });
      return firstKeys(ref);
    }
    case "block":
      life.blocked = true;
      return moveTo(life, stateNow(life));
    case "unblock":
      life.blocked = false;
      await moveTo(life, stateNow(life));
      if (life.state === "active") await steps.tell(ref.telegramId, { kind: "accessBack" });
      return;
    case "revoke":
      life.revoked = true;
      await moveTo(life, stateNow(life));
      await steps.tell(ref.telegramId, { kind: "subscriptionRevoked" });
  }
}

/** Reminders and changes of state whose moment has come. A reminder that is long past is left out. */
async function followCalendar(life: Life): Promise<void> {
  for (;;) {
    const now = instant(Date.now());
    const event = nextEvent(booksOf(life), life.since, life.seenUntil);
    if (event === undefined || toMs(event.at) > toMs(now)) return;
    life.seenUntil = event.at;
    if (event.kind === "stateChange") {
      await changeByCalendar(life);
    } else if (toMs(nextEvent(booksOf(life), life.since, event.at)?.at ?? now) > toMs(now)) {
      const until = life.paidUntil ?? now;
      const { daysLeft } = event;
      await steps.tell(life.input.ref.telegramId, { kind: "reminder", daysLeft, until });
    }
  }
}

async function changeByCalendar(life: Life): Promise<void> {
  const { ref, graceMs } = life.input;
  const state = stateNow(life);
  if (state === life.state) return;
  await moveTo(life, state);
  const ended = life.paidUntil ?? instant(Date.now());
  const told =
    state === "grace"
      ? ({ kind: "graceBegan", until: addMs(ended, graceMs) } as const)
      : ({ kind: "expired" } as const);
  await steps.tell(ref.telegramId, told);
}

async function untilSomething(life: Life): Promise<void> {
  const heard = () => heardSomething(life);
  const event = nextEvent(booksOf(life), life.since, life.seenUntil);
  if (event === undefined) return condition(heard);
  const waitMs = Math.max(1, msBetween(instant(Date.now()), event.at));
  await condition(heard, waitMs, { summary: `${event.kind} at ${event.at}` });
}

/** Begins a new run with a short history; what was heard and not yet acted on goes along. */
async function renew(life: Life): Promise<never> {
  await condition(allHandlersFinished);
  const {
    input,
    revoked: _revoked,
    turn: _turn,
    quotaHeard: _heard,
    changedTimes: _count,
    ...carried
  } = life;
  return continueAsNew<typeof subscription>({ ...input, carried });
}
