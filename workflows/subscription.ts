import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type AdminChange,
  type DeviceRequest,
  nextEvent,
  stateAt,
  type SubscriptionRef,
  type SubscriptionState,
  trialPlan,
} from "../domain/subscription.ts";
import { addMs, type Instant, instant, msBetween, toMs } from "../domain/time.ts";
import { searchAttributes } from "./contract.ts";
import { firstKeys, handleDeviceRequest, makeHostsMatch } from "./subscription-devices.ts";
import { adminChanged, deviceRequested } from "./signals.ts";
import { quickSteps, showStage, steps } from "./steps.ts";

/** Everything a subscription carries from run to run. Instants are absolute: timers do not survive. */
export interface SubscriptionInput {
  readonly ref: SubscriptionRef;
  readonly graceMs: number;
  readonly trialDays: number;
  /** Absent in the first run. */
  readonly carried?: Carried;
}

interface Carried {
  readonly paidUntil: Instant | undefined;
  readonly since: Instant;
  readonly seenUntil: Instant;
  readonly blocked: boolean;
  readonly state: SubscriptionState;
  readonly requests: readonly DeviceRequest[];
  readonly changes: readonly AdminChange[];
}

/** The living entity: the one place that decides over a subscription. */
interface Life {
  readonly input: SubscriptionInput;
  paidUntil: Instant | undefined;
  /** When the present time was given. */
  since: Instant;
  /** Up to where the calendar has been worked off. */
  seenUntil: Instant;
  blocked: boolean;
  revoked: boolean;
  state: SubscriptionState;
  readonly requests: DeviceRequest[];
  readonly changes: AdminChange[];
}

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
  const { customerId } = input.ref;
  upsertSearchAttributes([
    { key: searchAttributes.customerId, value: customerId },
    { key: searchAttributes.plan, value: trialPlan.code },
  ]);
  if (input.carried === undefined) await open(life);
  for (;;) {
    await workOff(life);
    if (life.state === "revoked") return "revoked";
    if (isLong()) await renew(life);
    await untilSomething(life);
  }
}

function begin(input: SubscriptionInput): Life {
  const now = instant(Date.now());
  const fresh = {
    paidUntil: undefined,
    since: now,
    seenUntil: now,
    blocked: false,
    state: "expired",
  };
  const carried = input.carried ?? ({ ...fresh, requests: [], changes: [] } as Carried);
  const { requests, changes, ...rest } = carried;
  return { input, ...rest, revoked: false, requests: [...requests], changes: [...changes] };
}

/** The first run: the trial's time, if there is one, and the first device. */
async function open(life: Life): Promise<void> {
  const { ref, trialDays } = life.input;
  const now = instant(Date.now());
  if (trialDays > 0) {
    const cause = `trial/${ref.id}`;
    life.paidUntil = await quickSteps.grantTime(
      ref,
      { cause, kind: "trial", days: trialDays },
      now,
    );
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
  const { changes, requests } = life;
  const { ref } = life.input;
  while (changes.length + requests.length > 0 && !isLong()) {
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

async function applyChange(life: Life, change: AdminChange): Promise<void> {
  const { ref } = life.input;
  switch (change.kind) {
    case "extend": {
      const now = instant(Date.now());
      const grant = { cause: change.actId, kind: "admin", days: change.days } as const;
      life.paidUntil = await quickSteps.grantTime(ref, grant, now);
      life.since = now;
      await moveTo(life, stateNow(life));
      await steps.tell(ref.telegramId, { kind: "timeGiven", until: life.paidUntil });
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

/** Writes the new state into the books and makes the hosts follow. */
async function moveTo(life: Life, state: SubscriptionState): Promise<void> {
  if (state === life.state) return;
  await enter(life, state);
  await makeHostsMatch(life.input.ref);
}

async function enter(life: Life, state: SubscriptionState): Promise<void> {
  life.state = state;
  await quickSteps.recordState(life.input.ref, state);
  const until = life.paidUntil === undefined ? "no time yet" : `paid until ${life.paidUntil}`;
  showStage(state, `${state}, ${until}`);
}

function booksOf({ paidUntil, blocked, revoked, input }: Life) {
  return { paidUntil, graceMs: input.graceMs, blocked, revoked };
}

const stateNow = (life: Life): SubscriptionState => stateAt(booksOf(life), instant(Date.now()));

async function untilSomething(life: Life): Promise<void> {
  const heard = () => life.changes.length + life.requests.length > 0;
  const event = nextEvent(booksOf(life), life.since, life.seenUntil);
  if (event === undefined) return condition(heard);
  const waitMs = Math.max(1, msBetween(instant(Date.now()), event.at));
  await condition(heard, waitMs, { summary: `${event.kind} at ${event.at}` });
}

/** Begins a new run with a short history; what was heard and not yet acted on goes along. */
async function renew(life: Life): Promise<never> {
  await condition(allHandlersFinished);
  const { input, revoked: _revoked, ...carried } = life;
  return continueAsNew<typeof subscription>({ ...input, carried });
}
