import type { Job } from "../kit/virtual-clock.ts";
import type { PanelCore } from "../panel-kit/core.ts";
import { JobMaker } from "../panel-kit/jobs.ts";
import type { PanelNode } from "../panel-kit/node.ts";
import { Crash } from "../panel-kit/refusal.ts";
import { deletionDueMs, momentsOf, resetDueMs, type Status } from "../panel-kit/user.ts";
import { daysUntil } from "./changes.ts";
import type { Events } from "./events.ts";
import type { Settings } from "./options.ts";
import { type User, withReset } from "./user.ts";
import type { Users } from "./users.ts";

/** What the jobs need of their panel. */
export interface Reviewed {
  readonly options: Settings;
  readonly core: PanelCore;
  readonly users: Users;
  readonly node: PanelNode;
  readonly events: Events;
  /** @throws Crash for a user that cannot be shown. */
  view(user: User): Record<string, unknown>;
  tellCore(kind: "add" | "set", user: User): void;
  tellRemoval(user: User): void;
  addTraffic(user: User, bytes: number, nowMs: number): void;
}

const hourMs = 3_600_000;

/** The panel's jobs, each at its own pace. One that breaks off goes on at its next turn. */
export function jobsOf(state: Reviewed): readonly Job[] {
  const { core, node, events, options } = state;
  const moments = () =>
    state.users
      .list()
      .flatMap((user) => momentsOf(user, user.expire === null ? null : user.expire * 1_000));
  const make = new JobMaker({ core, node, batches: events.batches, moments });
  const unbroken = (work: (state: Reviewed, nowMs: number) => void) => (nowMs: number) =>
    unlessBroken(() => work(state, nowMs));
  return [
    make.usage({ everyMs: options.usageMs, run: (nowMs) => recordUsage(state, nowMs) }),
    make.review({ everyMs: options.reviewMs, run: unbroken(review) }),
    make.review({ everyMs: hourMs, run: unbroken(resetByStrategy) }),
    make.review({ everyMs: 6 * hourMs, run: (nowMs) => deleteExpired(state, nowMs) }),
    make.webhooks(options.webhookMs),
  ];
}

function unlessBroken(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

/** Bug #1199: nothing is recorded any more; what the core counted meanwhile is lost. */
function recordUsage(state: Reviewed, nowMs: number): void {
  const counted = state.node.readCounters();
  if (state.core.isOn("usage_frozen")) return;
  for (const user of state.users.list()) {
    const bytes = counted.get(`${user.id}.${user.username}`);
    if (bytes !== undefined) state.addTraffic(user, bytes, nowMs);
  }
}

/** Looks at all users; the first that cannot be shown ends the pass, and the others wait. */
function review(state: Reviewed, nowMs: number): void {
  for (const user of state.users.list({ statuses: ["active"] })) reviewActive(state, user, nowMs);
  for (const user of state.users.list({ statuses: ["on_hold"] })) reviewOnHold(state, user, nowMs);
}

function reviewActive(state: Reviewed, user: User, nowMs: number): void {
  const { data_limit, used_traffic, expire, next_plan } = user;
  const isLimited = data_limit !== null && used_traffic >= data_limit;
  const isExpired = expire !== null && expire <= nowMs / 1_000;
  if (!isLimited && !isExpired) {
    if (state.events.areSent) remind(state, user, nowMs);
    return;
  }
  if (next_plan !== null && (next_plan.fire_on_either || (isLimited && isExpired))) {
    const renewed = state.users.save(startNextPlan(user, nowMs));
    state.tellCore("set", renewed);
    state.events.tell("data_usage_reset", state.view(renewed));
    return;
  }
  const status = isLimited ? "limited" : "expired";
  state.tellRemoval(user);
  changeStatus(state, { ...user, status }, status, nowMs);
}

function changeStatus(state: Reviewed, user: User, status: Status, nowMs: number): void {
  const changed = state.users.save({ ...user, statusChangedMs: nowMs });
  state.events.tellStatus(status, state.view(changed));
}

function reviewOnHold(state: Reviewed, user: User, nowMs: number): void {
  const { onlineMs, editedMs, createdMs, onHoldTimeoutMs, on_hold_expire_duration } = user;
  const isOnline = onlineMs !== null && onlineMs >= (editedMs ?? createdMs);
  const isWaitedOut = onHoldTimeoutMs !== null && onHoldTimeoutMs <= nowMs;
  if (!isOnline && !isWaitedOut) return;
  const expire = Math.floor(nowMs / 1_000) + (on_hold_expire_duration ?? 0);
  const started = { ...user, status: "active" as const, expire, onHoldTimeoutMs: null };
  changeStatus(state, { ...started, on_hold_expire_duration: null }, "active", nowMs);
}

/** Tells once of 80 % of a limit and of three days before an end. */
function remind(state: Reviewed, user: User, nowMs: number): void {
  const { data_limit, used_traffic, expire } = user;
  let reminders = user.reminders;
  const percent = data_limit === null ? 0 : (used_traffic * 100) / data_limit;
  if (percent >= 80 && !reminders.includes("percent 80")) {
    state.events.remind("reached_usage_percent", state.view(user), { used_percent: percent });
    reminders = [...reminders, "percent 80"];
  }
  const days = expire === null ? Infinity : daysUntil(expire, nowMs);
  if (days <= 3 && !reminders.includes("days 3")) {
    state.events.remind("reached_days_left", state.view(user), { days_left: days });
    reminders = [...reminders, "days 3"];
  }
  if (reminders !== user.reminders) state.users.save({ ...user, reminders });
}

/**
 * A user on their next plan. What is left of the traffic is added exactly where the plan says that
 * it is not to be.
 * @throws Crash where there was no limit, as nothing is left of none.
 */
export function startNextPlan(user: User, nowMs: number): User {
  const { next_plan, data_limit, used_traffic } = user;
  if (next_plan === null) return user;
  if (!next_plan.add_remaining_traffic && data_limit === null) {
    throw new Crash("unsupported operand type(s) for -: 'NoneType' and 'int'");
  }
  const left = next_plan.add_remaining_traffic ? 0 : (data_limit ?? 0) - used_traffic;
  return {
    ...withReset(user, nowMs),
    status: "active",
    data_limit: next_plan.data_limit + left,
    expire: next_plan.expire,
    next_plan: null,
  };
}

function resetByStrategy(state: Reviewed, nowMs: number): void {
  for (const user of state.users.list({ statuses: ["active", "limited"] })) {
    if (nowMs < resetDueMs(user)) continue;
    // The core is told nothing: by the time the panel asks, the user is no longer limited.
    state.users.save({ ...withReset(user, nowMs), status: "active", next_plan: null });
  }
}

const system = {
  username: "system",
  password: "",
  is_sudo: true,
  telegram_id: null,
  discord_webhook: null,
  users_usage: null,
  passwordResetMs: null,
};

function deleteExpired(state: Reviewed, nowMs: number): void {
  for (const user of state.users.list({ statuses: ["expired"] })) {
    if (nowMs < deletionDueMs(user)) continue;
    state.users.remove(user);
    state.events.tellDeleted(user.username, system);
  }
}
