import type { Granted } from "../db/granting.ts";
import {
  type AdminChange,
  type DeviceRequest,
  stateAt,
  type SubscriptionRef,
  type SubscriptionState,
  type TimeChange,
  trialPlan,
} from "../domain/subscription.ts";
import { type Instant, instant } from "../domain/time.ts";
import { makeHostsMatch } from "./subscription-devices.ts";
import { promptSteps, showStage } from "./steps.ts";

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
  /** Absent in runs that began before time was sold. */
  readonly times?: readonly BookedTime[];
  readonly exhausted?: boolean;
  readonly plan?: string;
}

/** Bought time, or time that was paid back, that is in the books and that hosts and customer do not know yet. */
export interface BookedTime {
  readonly change: TimeChange;
  readonly granted: Granted;
}

/** The living entity: the one place that decides over a subscription. */
export interface Life {
  readonly input: SubscriptionInput;
  paidUntil: Instant | undefined;
  /** When the present time was given. */
  since: Instant;
  /** Up to where the calendar has been worked off. */
  seenUntil: Instant;
  blocked: boolean;
  revoked: boolean;
  state: SubscriptionState;
  plan: string;
  readonly requests: DeviceRequest[];
  readonly changes: AdminChange[];
  readonly times: BookedTime[];
  exhausted: boolean;
  /** Somebody says that the traffic is used up. */
  quotaHeard: boolean;
  /** How many changes of time this run has heard of. */
  changedTimes: number;
  /** The last grant that is under way: grants go one after the other, so that the last answer is the newest. */
  turn: Promise<unknown>;
}

/** A run that begins, or goes on where the last one stopped. */
export function begin(input: SubscriptionInput): Life {
  const now = instant(Date.now());
  const fresh = {
    paidUntil: undefined,
    since: now,
    seenUntil: now,
    blocked: false,
    state: "expired",
  };
  const carried = input.carried ?? ({ ...fresh, requests: [], changes: [] } as Carried);
  const { requests, changes, times = [], plan = trialPlan.code, ...others } = carried;
  const rest = {
    ...others,
    exhausted: others.exhausted ?? false,
    quotaHeard: false,
    changedTimes: 0,
  };
  const heard = { requests: [...requests], changes: [...changes], times: [...times] };
  return { input, ...rest, plan, revoked: false, ...heard, turn: Promise.resolve() };
}

/** Runs one grant when those before it are done, and keeps what it answers. */
export async function inTurn<Answer extends { readonly until: Instant }>(
  life: Life,
  grant: () => Promise<Answer>,
): Promise<Answer> {
  const mine = life.turn.then(grant);
  life.turn = mine.catch(() => undefined);
  const answer = await mine;
  life.paidUntil = answer.until;
  return answer;
}

/** Writes the new state into the books and makes the hosts follow. */
export async function moveTo(life: Life, state: SubscriptionState): Promise<void> {
  if (state === life.state) return;
  await enter(life, state);
  await makeHostsMatch(life.input.ref);
}

export async function enter(life: Life, state: SubscriptionState): Promise<void> {
  life.state = state;
  await promptSteps.recordState(life.input.ref, state);
  const until = life.paidUntil === undefined ? "no time yet" : `paid until ${life.paidUntil}`;
  showStage(state, `${state}, ${until}`);
}

export function booksOf({ paidUntil, blocked, revoked, exhausted, input }: Life) {
  return { paidUntil, graceMs: input.graceMs, blocked, revoked, exhausted };
}

export const stateNow = (life: Life): SubscriptionState =>
  stateAt(booksOf(life), instant(Date.now()));
